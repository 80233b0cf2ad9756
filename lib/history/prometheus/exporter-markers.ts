/** Restarts found in series of other exporters. */

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
const TOLERANCE_SECONDS = 2;

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
  const restarted = await findRestarted(client, external, nodes, fromMs, toMs);
  const stepMs = Math.max(collectedMs, Math.ceil((toMs - fromMs) / POINTS));
  // Starts one step before the window, for the sample before the first one in it.
  const moments = { firstMs: fromMs - stepMs, lastMs: toMs, stepMs };
  const found = await Promise.all(
    groupsOf(restarted, 2 * POINTS).map(async (group) => {
      const read = (metric: string) => {
        const series = selector(metric, [...external, matcher("instance", group)]);
        return client.range({
          expression: `max by (instance) (last_over_time(${series}[${stepMs}ms]))`,
          ...moments,
        });
      };
      const [uptimes, times] = await Promise.all([read(UPTIME), read(TIME)]);
      const clocks = new Map(times.map(({ metric, points }) => [metric.instance, new Map(points)]));
      return uptimes.flatMap(({ metric, points }) =>
        restartsOf(metric.instance ?? "", points, clocks.get(metric.instance)),
      );
    }),
  );
  return found.flat().filter(({ atMs }) => atMs >= query.fromMs && atMs < toMs);
}

async function findRestarted(
  client: QueryClient,
  external: readonly string[],
  nodes: readonly string[] | null,
  fromMs: number,
  toMs: number,
): Promise<string[]> {
  const groups = nodes === null ? [null] : groupsOf(nodes, 1);
  const found = await Promise.all(
    groups.map((group) => {
      const matchers = group === null ? [] : [matcher("instance", group)];
      const series = selector(UPTIME, [...external, ...matchers]);
      return client.instant(`max by (instance) (resets(${series}[${Math.ceil(toMs - fromMs)}ms])) > 0`, toMs);
    }),
  );
  return found
    .flat()
    .flatMap(({ metric }) => (metric.instance === undefined ? [] : [metric.instance]))
    .slice(0, MAX_RESTARTED);
}

function restartsOf(
  node: string,
  points: readonly (readonly [number, string])[],
  clock: ReadonlyMap<number, string> | undefined,
): Marker[] {
  const markers: Marker[] = [];
  let before: { uptime: number; time: number } | null = null;
  for (const [atSeconds, text] of points) {
    const uptime = Number(text);
    // By the server's own clock when that was collected, else by when it was evaluated.
    const time = Number(clock?.get(atSeconds) ?? atSeconds);
    const fell = before !== null && uptime < before.uptime;
    if (before !== null && fell && time - uptime > before.time - before.uptime + TOLERANCE_SECONDS) {
      const text = `uptime ${before.uptime} to ${uptime}`;
      markers.push({ atMs: Math.round((time - uptime) * 1_000), node, kind: "restart", text });
    }
    before = { uptime, time };
  }
  return markers;
}
