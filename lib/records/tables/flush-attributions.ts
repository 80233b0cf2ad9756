/** The table `flush_origin`: who sent the flushes that a node has counted, as far as Memfleet knows. */
import { command, select, transaction } from "@/lib/store/database";
import type { Handlers } from "@/lib/store/table-group";
import type { Database } from "./tables";

export interface FlushAttributionRow {
  readonly node: string;
  /** When the node's process began, Unix seconds by its own clock: what is kept holds for that process only. */
  readonly startedSeconds: number;
  /** `cmd_flush` when this was kept: it says nothing about later flushes. */
  readonly cmdFlush: number;
  /** JSON. */
  readonly origins: string;
}

export type FlushAttributionOperations = {
  "flushOrigin.keep": { request: readonly FlushAttributionRow[]; reply: null };
  "flushOrigin.all": { request: null; reply: FlushAttributionRow[] };
};

export function flushAttributionHandlers(database: Database): Handlers<FlushAttributionOperations> {
  return {
    "flushOrigin.keep": (rows) => ({
      value: database((connection) =>
        transaction(connection, () => {
          const put = command(
            connection,
            "INSERT OR REPLACE INTO flush_origin (node, started, cmd_flush, origins) VALUES (?, ?, ?, ?)",
          );
          for (const row of rows) put.run(row.node, row.startedSeconds, row.cmdFlush, row.origins);
          return null;
        }),
      ),
    }),
    "flushOrigin.all": () => ({
      value: database((connection) =>
        select<[string, number, number, string]>(
          connection,
          "SELECT node, started, cmd_flush, origins FROM flush_origin",
        ).map(([node, startedSeconds, cmdFlush, origins]) => ({ node, startedSeconds, cmdFlush, origins })),
      ),
    }),
  };
}
