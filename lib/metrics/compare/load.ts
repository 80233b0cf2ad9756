/** Compares metrics of several nodes. Pure. */

import { STATS } from "@/lib/catalogue/stats";
import { COMPARED_FIGURES, type ComparedFigure, LOAD_FIGURES, type LoadFigure } from "@/lib/model/compare";
import type { Compare } from "@/lib/model/compare.schema";
import type { Node } from "@/lib/model/node/node.schema";
import type { SeriesUnit } from "@/lib/model/series.schema";
import { metricOf } from "../derive";
import { median, ratio } from "../ratio";
import { type NamedValue, outliersOf } from "./spread";

type LoadValue = ComparedFigure | LoadFigure;

interface ComparedMetric {
  readonly unit: SeriesUnit;
  /** A distance from the median that is never an outlier, in the metric's unit. */
  readonly least: number;
  readonly of: (node: Node) => number | null;
}

const METRICS: Readonly<Record<LoadValue, ComparedMetric>> = {
  hit_ratio: { unit: "ratio", least: 0.05, of: (node) => node.hitRatio },
  memory_use: { unit: "ratio", least: 0.05, of: (node) => ratio(node.bytes, node.limitMaxbytes) },
  gets: { unit: "perSecond", least: 1, of: (node) => node.getsPerSecond },
  evictions: { unit: "perSecond", least: 1, of: (node) => node.evictionsPerSecond },
  connection_use: {
    unit: "ratio",
    least: 0.05,
    of: (node) => ratio(node.currConnections, node.maxConnections),
  },
  uptime: { unit: "seconds", least: 3_600, of: (node) => node.uptimeSeconds },
  latency: {
    unit: "seconds",
    least: 0.001,
    of: (node) => (node.latencyMs === null ? null : node.latencyMs / 1_000),
  },
  bytes: { unit: "bytes", least: 0, of: (node) => node.bytes },
  curr_connections: { unit: "count", least: 0, of: (node) => node.currConnections },
};

/** Every compared metric; `values` in the order of the nodes. */
export function compareLoad(nodes: readonly Node[]): Compare["figures"] {
  return COMPARED_FIGURES.map((name) => {
    const { unit, least, of } = METRICS[name];
    const values = nodes.map(of);
    const described = metricOf(name) ?? STATS.find((stat) => stat.name === name);
    return {
      name,
      unit,
      values,
      median: median(values.filter((value) => value !== null)),
      outliers: outliersOf(values, least).flatMap((index) => nodes[index]?.id ?? []),
      meaning: described === undefined ? null : { en: described.en, ja: described.ja },
    };
  });
}

export interface Load {
  readonly metric: LoadFigure;
  readonly unit: SeriesUnit;
  readonly values: readonly NamedValue[];
}

/** The load of each node by metric, without nodes that do not report it. */
export function loadOf(nodes: readonly Node[]): Load[] {
  return LOAD_FIGURES.map((metric) => ({
    metric,
    unit: METRICS[metric].unit,
    values: nodes.flatMap((node) => {
      const value = METRICS[metric].of(node);
      return value === null ? [] : [{ node: node.id, value }];
    }),
  }));
}
