/**
 * The tables `finding` (the newest of every node, probe and check, with the one before) and `patched` (an admin's
 * word that a node's build has the fix; it holds for the version it was given for).
 */
import { type Connection, transaction } from "../database";
import type { Handlers } from "../tables";
import { type FindingsPut, type FindingsPutReply, type FindingsUnasked, put, unasked } from "./finding-puts";
import { counts, type FindingCount, type FindingRow, type FindingsFind, find } from "./finding-rows";
import type { Database } from "./memfleet-tables";

export interface PatchedRow {
  readonly node: string;
  readonly check: string;
  readonly version: string;
  readonly by: string;
  readonly atMs: number;
  readonly note: string;
}

export type FindingOperations = {
  "finding.put": { request: FindingsPut; reply: FindingsPutReply };
  "finding.unasked": { request: FindingsUnasked; reply: FindingsPutReply };
  /** A page of them, by node, probe and check. */
  "finding.find": { request: FindingsFind; reply: FindingRow[] };
  "finding.counts": { request: { node: string | null; probe: string | null }; reply: FindingCount[] };
  /** Takes the place of an earlier word on the same check. */
  "patched.put": { request: PatchedRow; reply: null };
  "patched.delete": { request: { node: string; check: string }; reply: null };
  /** Forgets nodes other than these of which nothing was found or said since that time. */
  "finding.sweep": { request: { nodes: readonly string[]; beforeMs: number }; reply: null };
};

export function findingHandlers(database: Database): Handlers<FindingOperations> {
  const answer = <Value>(work: (connection: Connection) => Value) => ({ value: database(work) });
  return {
    "finding.put": (request) => answer((connection) => put(connection, request)),
    "finding.unasked": (request) => answer((connection) => unasked(connection, request)),
    "finding.find": (request) => answer((connection) => find(connection, request)),
    "finding.counts": (request) => answer((connection) => counts(connection, request)),
    "patched.put": ({ node, check, version, by, atMs, note }) =>
      answer((connection) => {
        connection
          .prepare("REPLACE INTO patched (node, name, version, actor, at, note) VALUES (?, ?, ?, ?, ?, ?)")
          .run(node, check, version, by, atMs, note);
        return null;
      }),
    "patched.delete": ({ node, check }) =>
      answer((connection) => {
        connection.prepare("DELETE FROM patched WHERE node = ? AND name = ?").run(node, check);
        return null;
      }),
    "finding.sweep": ({ nodes, beforeMs }) =>
      answer((connection) => {
        sweep(connection, new Set(nodes), beforeMs);
        return null;
      }),
  };
}

function sweep(connection: Connection, nodes: ReadonlySet<string>, beforeMs: number): void {
  transaction(connection, () => {
    const newest = connection
      .prepare(
        "SELECT node, max(at) FROM (SELECT node, at FROM finding UNION ALL SELECT node, at FROM patched) GROUP BY node",
      )
      .raw()
      .all() as unknown[] as [string, number][];
    for (const [node, atMs] of newest) {
      if (nodes.has(node) || atMs >= beforeMs) continue;
      connection.prepare("DELETE FROM finding WHERE node = ?").run(node);
      connection.prepare("DELETE FROM patched WHERE node = ?").run(node);
    }
  });
}
