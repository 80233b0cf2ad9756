/** Reads markers that Memfleet wrote: each is a series with one sample. */
import { MARKER_KINDS, type Marker } from "@/lib/model/series.schema";
import type { MarkerQuery } from "../contract";
import { MARKER } from "./memfleet-names";
import { equalTo, groupsOf, matcher, selector } from "./promql";
import type { QueryClient } from "./query-client";

/** For more nodes than this all markers are read and then filtered. */
const MAX_NAMED = 400;

export async function readMemfleetMarkers(
  client: QueryClient,
  externalLabels: Readonly<Record<string, string>>,
  { nodes, fromMs, toMs, limit }: MarkerQuery,
): Promise<Marker[]> {
  if (toMs <= fromMs || nodes?.length === 0) return [];
  const named = nodes !== null && nodes.length <= MAX_NAMED;
  const groups = named ? groupsOf(nodes, 1) : [null];
  const found = await Promise.all(
    groups.map((group) => {
      const matchers = group === null ? [] : [matcher("instance", group)];
      const series = selector(MARKER, [...equalTo(externalLabels), ...matchers]);
      return client.instant(`${series}[${Math.ceil(toMs - fromMs)}ms]`, toMs);
    }),
  );
  const wanted = nodes === null ? null : new Set(nodes);
  const markers = new Map<string, Marker>();
  for (const { metric, points } of found.flat()) {
    const { instance: node = "", kind: name, text = "" } = metric;
    const kind = MARKER_KINDS.find((known) => known === name);
    if (kind === undefined || (wanted !== null && !wanted.has(node))) continue;
    for (const [atSeconds] of points) {
      const atMs = Math.round(atSeconds * 1_000);
      if (atMs < fromMs || atMs >= toMs) continue;
      markers.set(JSON.stringify([atMs, node, kind, text]), { atMs, node, kind, text });
    }
  }
  return newest([...markers.values()], limit);
}

/** The newest `limit` markers, oldest first. */
export function newest(markers: readonly Marker[], limit: number): Marker[] {
  return [...markers].sort((a, b) => a.atMs - b.atMs).slice(-limit);
}
