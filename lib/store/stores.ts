/** Every store file, with its tables: one line each. */
import type { Migration } from "./database";
import { HistoryTables } from "./history/history-tables";
import { HISTORY_MIGRATIONS } from "./history/schema";
import type { Operations, StorePlan } from "./protocol";
import type { TableContext, TableGroup } from "./tables";

export interface StoreDefinition {
  readonly file: string;
  readonly pageSize: number;
  readonly migrations: readonly Migration[];
  readonly maxBytes: number | null;
  readonly group: TableGroup<Operations>;
}

export function openStore(plan: StorePlan, context: TableContext): StoreDefinition {
  return {
    file: "history.db",
    // Blobs of several kilobytes: fewer overflow pages than with SQLite's default of 4096.
    pageSize: 8192,
    migrations: HISTORY_MIGRATIONS,
    maxBytes: plan.settings.maxBytes,
    group: new HistoryTables(context, plan.settings),
  };
}
