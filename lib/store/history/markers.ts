/** The table `marker`: restarts, flushes and whatever else is pinned to a moment. */
import type { MARKER_KINDS, Marker } from "@/lib/model/series";
import { type Connection, transaction } from "../database";
import type { MarkersRequest } from "./requests";

type Row = [at: number, node: string, kind: (typeof MARKER_KINDS)[number], text: string];

/** Keeps markers, all or none; one that is already there is not kept twice. */
export function writeMarkers(connection: Connection, markers: readonly Marker[]): void {
  const insert = connection.prepare(
    "INSERT OR IGNORE INTO marker (at, node, kind, text) VALUES (?, ?, ?, ?)",
  );
  transaction(connection, () => {
    for (const { atMs, node, kind, text } of markers) insert.run(atMs, node, kind, text);
  });
}

/** The newest `limit` markers that fit, oldest first. */
export function readMarkers(
  connection: Connection | null,
  unwritten: readonly Marker[],
  request: MarkersRequest,
): Marker[] {
  const nodes = request.nodes === null ? null : new Set(request.nodes);
  const fits = (marker: Marker) => nodes === null || nodes.has(marker.node);
  const found = unwritten.filter(
    (marker) => marker.atMs >= request.fromMs && marker.atMs < request.toMs && fits(marker),
  );
  if (connection !== null) {
    const rows = connection
      .prepare("SELECT at, node, kind, text FROM marker WHERE at >= ? AND at < ? ORDER BY at DESC, id DESC")
      .raw()
      .iterate(request.fromMs, request.toMs) as IterableIterator<Row>;
    let left = request.limit;
    for (const [atMs, node, kind, text] of rows) {
      if (left <= 0) break;
      const marker = { atMs, node, kind, text };
      if (!fits(marker)) continue;
      found.push(marker);
      left--;
    }
  }
  found.sort((one, other) => one.atMs - other.atMs);
  return found.slice(Math.max(0, found.length - request.limit));
}
