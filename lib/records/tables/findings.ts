/**
 * The tables `finding` (the newest of every node, probe and check, with the one before), `finding_detail` (its large
 * columns), and `patched` (an admin's mark that a node's build has the fix; it is valid for the version it names).
 */
import { type Connection, command, select } from "@/lib/store/database";
import type { Task } from "@/lib/store/scheduler";
import type { Answer, Handlers } from "@/lib/store/table-group";
import { sweepDictionaries } from "./finding-details";
import {
  type BriefRow,
  countFindings,
  type FindingCounts,
  type FindingRow,
  type FindingsFind,
  find,
  updateCounted,
  withDetails,
} from "./finding-rows";
import { type FindingsPut, type FindingsPutReply, put } from "./finding-writes";
import { answer, type Database, inTransaction } from "./handling";

export interface PatchedRow {
  readonly node: string;
  readonly check: string;
  readonly version: string;
  readonly by: string;
  readonly atMs: number;
  readonly note: string;
}

export type FindingOperations = {
  /** All of them, or none. */
  "finding.put": { request: { puts: readonly FindingsPut[] }; reply: FindingsPutReply[] };
  /** A page of them, without details. */
  "finding.find": { request: FindingsFind; reply: BriefRow[] };
  "finding.findDetailed": { request: FindingsFind; reply: FindingRow[] };
  "finding.counts": { request: { node: string | null }; reply: FindingCounts[] };
  /** Replaces an earlier mark of the same check. Replies with the counts of the node. */
  "patched.put": { request: PatchedRow; reply: FindingCounts[] };
  "patched.delete": { request: { node: string; check: string }; reply: FindingCounts[] };
  /** Deletes nodes other than these that have no finding or mark since that time. */
  "finding.sweep": { request: { nodes: readonly string[]; beforeMs: number }; reply: null };
};

export function findingHandlers(database: Database): Handlers<FindingOperations> {
  return {
    "finding.put": ({ puts }) => answer(database, (connection) => put(connection, puts)),
    *"finding.find"(request): Task<Answer<BriefRow[]>> {
      return { value: yield* find(database, request, (_, rows) => rows) };
    },
    *"finding.findDetailed"(request): Task<Answer<FindingRow[]>> {
      return { value: yield* find(database, request, withDetails) };
    },
    "finding.counts": ({ node }) => answer(database, (connection) => countFindings(connection, node)),
    "patched.put": ({ node, check, version, by, atMs, note }) =>
      inTransaction(database, (connection) => {
        const sql = "REPLACE INTO patched (node, name, version, actor, at, note) VALUES (?, ?, ?, ?, ?, ?)";
        command(connection, sql).run(node, check, version, by, atMs, note);
        updateCounted(connection, node);
        return countFindings(connection, node);
      }),
    "patched.delete": ({ node, check }) =>
      inTransaction(database, (connection) => {
        command(connection, "DELETE FROM patched WHERE node = ? AND name = ?").run(node, check);
        updateCounted(connection, node);
        return countFindings(connection, node);
      }),
    "finding.sweep": ({ nodes, beforeMs }) =>
      inTransaction(database, (connection) => sweep(connection, new Set(nodes), beforeMs)),
  };
}

function sweep(connection: Connection, nodes: ReadonlySet<string>, beforeMs: number): null {
  const newest = select<[string, number]>(
    connection,
    "SELECT node, max(at) FROM (SELECT node, at FROM finding UNION ALL SELECT node, at FROM patched) GROUP BY node",
  );
  for (const [node, atMs] of newest) {
    if (nodes.has(node) || atMs >= beforeMs) continue;
    for (const table of ["finding", "finding_detail", "patched"]) {
      command(connection, `DELETE FROM ${table} WHERE node = ?`).run(node);
    }
  }
  sweepDictionaries(connection);
  return null;
}
