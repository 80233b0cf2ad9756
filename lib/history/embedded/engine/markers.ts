/** The table `marker`: restarts, flushes and whatever else is pinned to a moment. */
import type { MARKER_KINDS, Marker } from "@/lib/model/series.schema";
import { type Connection, command, select, transaction } from "@/lib/store/database";
import type { MarkersRequest } from "./requests";

type Row = [at: number, node: string, kind: (typeof MARKER_KINDS)[number], text: string];

const PAGE = 500;
const NEWEST_FIRST = `
  SELECT at, node, kind, text FROM marker WHERE at >= ? AND at < ? ORDER BY at DESC, id DESC LIMIT ? OFFSET ?`;

/** Keeps markers, all or none; one that is already there is not kept twice. */
export function writeMarkers(connection: Connection, markers: readonly Marker[]): void {
  const insert = command(
    connection,
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
  for (let skip = 0, left = request.limit; connection !== null && left > 0; skip += PAGE) {
    const { fromMs, toMs } = request;
    const rows = select<Row>(connection, NEWEST_FIRST, fromMs, toMs, PAGE, skip);
    const fitting = rows.map(([atMs, node, kind, text]) => ({ atMs, node, kind, text })).filter(fits);
    found.push(...fitting.slice(0, left));
    left -= fitting.length;
    if (rows.length < PAGE) break;
  }
  found.sort((one, other) => one.atMs - other.atMs);
  return found.slice(Math.max(0, found.length - request.limit));
}
