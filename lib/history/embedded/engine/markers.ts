/** The table `marker`: restarts, flushes and other events. */
import type { MARKER_KINDS, Marker } from "@/lib/model/series.schema";
import { type Connection, command, select, transaction } from "@/lib/store/database";
import type { MarkerQuery } from "../../contract";

type Row = [at: number, node: string, kind: (typeof MARKER_KINDS)[number], text: string];

const PAGE = 500;
const NEWEST_FIRST = `
  SELECT at, node, kind, text FROM marker WHERE at >= ? AND at < ? ORDER BY at DESC, id DESC LIMIT ? OFFSET ?`;

/** Writes markers, all or none, without duplicates. */
export function writeMarkers(connection: Connection, markers: readonly Marker[]): void {
  const insert = command(
    connection,
    "INSERT OR IGNORE INTO marker (at, node, kind, text) VALUES (?, ?, ?, ?)",
  );
  transaction(connection, () => {
    for (const { atMs, node, kind, text } of markers) insert.run(atMs, node, kind, text);
  });
}

/** The newest `limit` matching markers, oldest first. */
export function readMarkers(
  connection: Connection | null,
  unwritten: readonly Marker[],
  query: MarkerQuery,
): Marker[] {
  const nodes = query.nodes === null ? null : new Set(query.nodes);
  const matches = (marker: Marker) => nodes === null || nodes.has(marker.node);
  const found = unwritten.filter(
    (marker) => marker.atMs >= query.fromMs && marker.atMs < query.toMs && matches(marker),
  );
  for (let skip = 0, remaining = query.limit; connection !== null && remaining > 0; skip += PAGE) {
    const { fromMs, toMs } = query;
    const rows = select<Row>(connection, NEWEST_FIRST, fromMs, toMs, PAGE, skip);
    const matching = rows.map(([atMs, node, kind, text]) => ({ atMs, node, kind, text })).filter(matches);
    found.push(...matching.slice(0, remaining));
    remaining -= matching.length;
    if (rows.length < PAGE) break;
  }
  found.sort((a, b) => a.atMs - b.atMs);
  return found.slice(Math.max(0, found.length - query.limit));
}
