/**
 * The tables `finding` (the newest of every node, probe and check, with the one before), `finding_detail` (what is
 * large of them), and `patched` (an admin's word that a node's build has the fix; it holds for the version it was
 * given for).
 */
import { type Connection, command, transaction } from "@/lib/store/database";
import type { Task } from "@/lib/store/scheduler";
import type { Answer, Handlers } from "@/lib/store/table-group";
import { sweepWords } from "./finding-details";
import {
  type BriefRow,
  type FindingCounts,
  type FindingRow,
  type FindingsFind,
  find,
  settleCounted,
  tallies,
  withDetails,
} from "./finding-rows";
import { type FindingsPut, type FindingsPutReply, put } from "./finding-writes";
import type { Database } from "./tables";

export interface PatchedRow {
  readonly node: string;
  readonly check: string;
  readonly version: string;
  readonly by: string;
  readonly atMs: number;
  readonly note: string;
}

export type FindingOperations = {
  /** Together, or none of them. */
  "finding.put": { request: { puts: readonly FindingsPut[] }; reply: FindingsPutReply[] };
  /** A page of them, without what is large. */
  "finding.find": { request: FindingsFind; reply: BriefRow[] };
  "finding.findWhole": { request: FindingsFind; reply: FindingRow[] };
  "finding.tallies": { request: { node: string | null }; reply: FindingCounts[] };
  /** Takes the place of an earlier word on the same check. Replies with the tallies of the node. */
  "patched.put": { request: PatchedRow; reply: FindingCounts[] };
  "patched.delete": { request: { node: string; check: string }; reply: FindingCounts[] };
  /** Forgets nodes other than these of which nothing was found or said since that time. */
  "finding.sweep": { request: { nodes: readonly string[]; beforeMs: number }; reply: null };
};

export function findingHandlers(database: Database): Handlers<FindingOperations> {
  const answer = <Value>(work: (connection: Connection) => Value) => ({ value: database(work) });
  return {
    "finding.put": ({ puts }) => answer((connection) => put(connection, puts)),
    *"finding.find"(request): Task<Answer<BriefRow[]>> {
      return { value: yield* find(database, request, (_, rows) => rows) };
    },
    *"finding.findWhole"(request): Task<Answer<FindingRow[]>> {
      return { value: yield* find(database, request, withDetails) };
    },
    "finding.tallies": ({ node }) => answer((connection) => tallies(connection, node)),
    "patched.put": ({ node, check, version, by, atMs, note }) =>
      answer((connection) =>
        transaction(connection, () => {
          command(
            connection,
            "REPLACE INTO patched (node, name, version, actor, at, note) VALUES (?, ?, ?, ?, ?, ?)",
          ).run(node, check, version, by, atMs, note);
          settleCounted(connection, node);
          return tallies(connection, node);
        }),
      ),
    "patched.delete": ({ node, check }) =>
      answer((connection) =>
        transaction(connection, () => {
          command(connection, "DELETE FROM patched WHERE node = ? AND name = ?").run(node, check);
          settleCounted(connection, node);
          return tallies(connection, node);
        }),
      ),
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
      for (const table of ["finding", "finding_detail", "patched"]) {
        command(connection, `DELETE FROM ${table} WHERE node = ?`).run(node);
      }
    }
    sweepWords(connection);
  });
}
