/** Restarts found in series of other exporters. */

import { CLOCK_TOLERANCE_SECONDS, newProcess, type ServerProcess } from "@/lib/metrics/server-process";
import type { Marker } from "@/lib/model/series.schema";
import { DAY_MS } from "@/lib/model/time";
import type { MarkerQuery } from "../contract";
import { TIME, UPTIME } from "./exporter-names";
import { equalTo, groupsOf, matcher, selector } from "./promql";
import type { QueryClient } from "./query-client";

/** Every sample of the window is read, so it is longer for a few nodes than for many. */
const WINDOW_OF_FEW_MS = 7 * DAY_MS;
const WINDOW_OF_MANY_MS = DAY_MS;
const FEW = 100;
/** Maximum number of nodes whose restarts are read. */
const MAX_RESTARTED = 200;
const POINTS = 500;
/** Moments at which the start is compared: a new one stays, so that few suffice. */
const MOST_STARTS = 2_000;

interface ExporterMarkersQuery extends MarkerQuery {
  /** Interval between samples. */
  readonly collectedMs: number;
}

export async function readRestarts(
  client: QueryClient,
  externalLabels: Readonly<Record<string, string>>,
  query: ExporterMarkersQuery,
): Promise<Marker[]> {
  const { nodes, toMs, collectedMs } = query;
  const longest = nodes !== null && nodes.length <= FEW ? WINDOW_OF_FEW_MS : WINDOW_OF_MANY_MS;
  const fromMs = Math.max(query.fromMs, toMs - longest);
  if (toMs <= fromMs || nodes?.length === 0) return [];
  const external = equalTo(externalLabels);
  const startsMs = Math.max(collectedMs, Math.ceil((toMs - fromMs) / MOST_STARTS));
  const restarted = await findRestarted(client, external, nodes, { fromMs, toMs, startsMs });
  const stepMs = Math.max(collectedMs, Math.ceil((toMs - fromMs) / POINTS));
  // Starts one step before the window, for the sample before the first one in it.
  const moments = { firstMs: fromMs - stepMs, lastMs: toMs, stepMs };
  const found = await Promise.all(
    groupsOf(restarted, 3 * POINTS).map(async (group) => {
      const seriesOf = (metric: string) => selector(metric, [...external, matcher("instance", group)]);
      const read = (expression: string) =>
        client.range({ expression: `max by (instance) (${expression})`, ...moments });
      const [uptimes, times, taken] = await Promise.all([
        read(`last_over_time(${seriesOf(UPTIME)}[${stepMs}ms])`),
        read(`last_over_time(${seriesOf(TIME)}[${stepMs}ms])`),
        read(`timestamp(${seriesOf(UPTIME)})`),
      ]);
      const clocks = byInstance(times);
      const timestamps = byInstance(taken);
      const apart = { stepSeconds: stepMs / 1_000, collectedSeconds: collectedMs / 1_000 };
      return uptimes.flatMap(({ metric, points }) =>
        restartsOf(metric.instance ?? "", points, {
          ...apart,
          clock: clocks.get(metric.instance),
          taken: timestamps.get(metric.instance),
        }),
      );
    }),
  );
  return found.flat().filter(({ atMs }) => atMs >= query.fromMs && atMs < toMs);
}

/** Nodes whose uptime fell, or whose start by the engine's clock moved: an uptime can have grown since it began anew. */
async function findRestarted(
  client: QueryClient,
  external: readonly string[],
  nodes: readonly string[] | null,
  { fromMs, toMs, startsMs }: { readonly fromMs: number; readonly toMs: number; readonly startsMs: number },
): Promise<string[]> {
  const groups = nodes === null ? [null] : groupsOf(nodes, 1);
  const found = await Promise.all(
    groups.map((group) => {
      const matchers = group === null ? [] : [matcher("instance", group)];
      const series = selector(UPTIME, [...external, ...matchers]);
      const windowMs = Math.ceil(toMs - fromMs);
      const starts = `(timestamp(${series}) - ${series})[${windowMs}ms:${startsMs}ms]`;
      const moved = `max_over_time(${starts}) - min_over_time(${starts})`;
      const fell = `max by (instance) (resets(${series}[${windowMs}ms])) > 0`;
      return client.instant(`${fell} or max by (instance) (${moved}) > ${CLOCK_TOLERANCE_SECONDS}`, toMs);
    }),
  );
  return found
    .flat()
    .flatMap(({ metric }) => (metric.instance === undefined ? [] : [metric.instance]))
    .slice(0, MAX_RESTARTED);
}

type Points = readonly (readonly [atSeconds: number, text: string])[];

function byInstance(
  found: readonly { readonly metric: Readonly<Record<string, string>>; readonly points: Points }[],
): ReadonlyMap<string | undefined, ReadonlyMap<number, string>> {
  return new Map(found.map(({ metric, points }) => [metric.instance, new Map(points)]));
}

interface SampleTimes {
  /** Between two moments of evaluation. */
  readonly stepSeconds: number;
  /** Between two samples: the newest one is at most this old. */
  readonly collectedSeconds: number;
  /** The server's own clock by moment of evaluation, if it was collected. */
  readonly clock: ReadonlyMap<number, string> | undefined;
  /** When the sample was collected, by moment of evaluation; engines don't tell it for old ones. */
  readonly taken: ReadonlyMap<number, string> | undefined;
}

interface EvaluatedUptime {
  readonly process: ServerProcess;
  readonly atSeconds: number;
  readonly uncertainSeconds: number;
}

function restartsOf(node: string, points: Points, times: SampleTimes): Marker[] {
  const markers: Marker[] = [];
  let before: EvaluatedUptime | null = null;
  for (const [evaluatedSeconds, text] of points) {
    const uptime = Number(text);
    const time = Number(times.clock?.get(evaluatedSeconds) ?? Number.NaN);
    const taken = times.taken?.get(evaluatedSeconds);
    // Without the server's clock, a missing sample does not show, and the newest one can be as old as the step.
    const age = Number.isNaN(time) ? times.stepSeconds : times.collectedSeconds;
    const next: EvaluatedUptime = {
      process: { pid: Number.NaN, uptime, time },
      atSeconds: taken === undefined ? evaluatedSeconds : Number(taken),
      uncertainSeconds: taken === undefined ? age : 0,
    };
    if (before !== null && restartedBetween(before, next)) {
      const startedSeconds = (Number.isNaN(time) ? next.atSeconds : time) - uptime;
      const detail = `uptime ${before.process.uptime} to ${uptime}`;
      markers.push({ atMs: Math.round(startedSeconds * 1_000), node, kind: "restart", text: detail });
    }
    before = next;
  }
  return markers;
}

function restartedBetween(before: EvaluatedUptime, after: EvaluatedUptime): boolean {
  const tolerance = CLOCK_TOLERANCE_SECONDS + Math.max(before.uncertainSeconds, after.uncertainSeconds);
  return newProcess(before.process, after.process, after.atSeconds - before.atSeconds, tolerance) !== null;
}
