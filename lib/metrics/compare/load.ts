/** The figures of several nodes beside one another. Pure. */

import { STATS } from "@/lib/catalogue/stats";
import { COMPARED_FIGURES, type ComparedFigure, LOAD_FIGURES, type LoadFigure } from "@/lib/model/compare";
import type { Compare } from "@/lib/model/compare.schema";
import type { Node } from "@/lib/model/node/node.schema";
import type { SeriesUnit } from "@/lib/model/series.schema";
import { metricOf } from "../derive";
import { medianOf, type NamedValue, outliersOf } from "./spread";

type LoadValue = ComparedFigure | LoadFigure;

interface Reading {
  readonly unit: SeriesUnit;
  /** A distance from the median that is nobody's concern, in the figure's unit. */
  readonly least: number;
  readonly of: (node: Node) => number | null;
}

const READINGS: Readonly<Record<LoadValue, Reading>> = {
  hit_ratio: { unit: "ratio", least: 0.05, of: (node) => node.hitRatio },
  memory_use: { unit: "ratio", least: 0.05, of: (node) => quotient(node.bytes, node.limitMaxbytes) },
  gets: { unit: "perSecond", least: 1, of: (node) => node.getsPerSecond },
  evictions: { unit: "perSecond", least: 1, of: (node) => node.evictionsPerSecond },
  connection_use: {
    unit: "ratio",
    least: 0.05,
    of: (node) => quotient(node.currConnections, node.maxConnections),
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

function quotient(over: number | null, under: number | null): number | null {
  return over === null || under === null || under <= 0 ? null : over / under;
}

/** Every compared figure of these nodes; `values` stand in their order. */
export function compareLoad(nodes: readonly Node[]): Compare["figures"] {
  return COMPARED_FIGURES.map((name) => {
    const { unit, least, of } = READINGS[name];
    const values = nodes.map(of);
    const known = metricOf(name) ?? STATS.find((stat) => stat.name === name);
    return {
      ...{ name, unit, values },
      median: medianOf(values.filter((value) => value !== null)),
      outliers: outliersOf(values, least).flatMap((place) => nodes[place]?.id ?? []),
      meaning: known === undefined ? null : { en: known.en, ja: known.ja },
    };
  });
}

export interface Load {
  readonly metric: LoadFigure;
  readonly unit: SeriesUnit;
  readonly values: readonly NamedValue[];
}

/** What each node carries, by figure; nodes that do not report one are left out of it. */
export function loadOf(nodes: readonly Node[]): Load[] {
  return LOAD_FIGURES.map((metric) => ({
    metric,
    unit: READINGS[metric].unit,
    values: nodes.flatMap((node) => {
      const value = READINGS[metric].of(node);
      return value === null ? [] : [{ node: node.id, value }];
    }),
  }));
}
