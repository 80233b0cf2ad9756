/** Reads the newest batches of any process: individual samples, not sums. */
import { emptyValues, slotOf } from "@/lib/catalogue/stats";
import type { NodeSample, SampleBatch } from "../contract";
import { DIFFERENCE, ELAPSED, LEVEL } from "./memfleet-names";
import { equalTo, groupsOf, matcher, selector } from "./promql";
import type { QueryClient } from "./query-client";

export interface SamplesQuery {
  readonly nodes: readonly string[];
  /** Names of the catalogue; only these are read. */
  readonly stats: readonly string[];
  /** Batches later than this, Unix milliseconds, up to `toMs` inclusively. */
  readonly afterMs: number;
  readonly toMs: number;
}

interface Entry {
  readonly values: Float64Array;
  elapsedSeconds: number;
}

/** Oldest first. */
export async function readMemfleetSamples(
  client: QueryClient,
  externalLabels: Readonly<Record<string, string>>,
  { nodes, stats, afterMs, toMs }: SamplesQuery,
): Promise<SampleBatch[]> {
  const batches = new Map<number, Map<string, Entry>>();
  const add = (atMs: number, node: string, stat: string, value: number) => {
    if (atMs <= afterMs || atMs > toMs) return;
    const entries = batches.get(atMs) ?? new Map<string, Entry>();
    batches.set(atMs, entries);
    const entry = entries.get(node) ?? { values: emptyValues(), elapsedSeconds: Number.NaN };
    entries.set(node, entry);
    const slot = slotOf(stat);
    if (stat === ELAPSED) entry.elapsedSeconds = value;
    else if (slot !== undefined) entry.values[slot] = value;
  };
  // About ten samples per series are usual.
  const groups = groupsOf(nodes, stats.length * 10);
  await Promise.all(
    groups.flatMap((group) =>
      [DIFFERENCE, LEVEL].map(async (name) => {
        const series = selector(name, [
          ...equalTo(externalLabels),
          matcher("stat", [...stats, ELAPSED]),
          matcher("instance", group),
        ]);
        const found = await client.instant(`${series}[${Math.ceil(toMs - afterMs)}ms]`, toMs);
        for (const { metric, points } of found) {
          const { instance = "", stat = "" } = metric;
          for (const [atSeconds, text] of points)
            add(Math.round(atSeconds * 1_000), instance, stat, Number(text));
        }
      }),
    ),
  );
  return [...batches]
    .sort(([a], [b]) => a - b)
    .map(([atMs, entries]) => ({
      atMs,
      entries: Array.from(entries, ([node, entry]): NodeSample => ({ node, ...entry })),
    }));
}
