/** The table `flush_origin`: who sent the flushes that a node has counted, as far as Memfleet knows. */
import { command, select } from "@/lib/store/database";
import type { Handlers } from "@/lib/store/table-group";
import { answer, type Database, inTransaction } from "./handling";

export interface FlushAttributionRow {
  readonly node: string;
  /** When the node's process began, Unix seconds by its own clock: the row is valid for that process only. */
  readonly startedSeconds: number;
  /** `cmd_flush` when the row was written: it does not cover later flushes. */
  readonly cmdFlush: number;
  /** JSON. */
  readonly attributions: string;
}

export type FlushAttributionOperations = {
  "flushAttribution.put": { request: readonly FlushAttributionRow[]; reply: null };
  "flushAttribution.list": { request: null; reply: FlushAttributionRow[] };
};

const COLUMNS = "node, started, cmd_flush, origins";

export function flushAttributionHandlers(database: Database): Handlers<FlushAttributionOperations> {
  return {
    "flushAttribution.put": (rows) =>
      inTransaction(database, (connection) => {
        const put = command(connection, `REPLACE INTO flush_origin (${COLUMNS}) VALUES (?, ?, ?, ?)`);
        for (const row of rows) put.run(row.node, row.startedSeconds, row.cmdFlush, row.attributions);
        return null;
      }),
    "flushAttribution.list": () =>
      answer(database, (connection) =>
        select<[string, number, number, string]>(connection, `SELECT ${COLUMNS} FROM flush_origin`).map(
          ([node, startedSeconds, cmdFlush, attributions]) => ({
            node,
            startedSeconds,
            cmdFlush,
            attributions,
          }),
        ),
      ),
  };
}
