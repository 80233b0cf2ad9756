/** Every store file, with its tables: one line each. */
import type { Migration, Synchronous } from "./database";
import { HistoryTables } from "./history/history-tables";
import { HISTORY_MIGRATIONS } from "./history/schema";
import type { HistorySettings } from "./history/settings";
import { MemfleetTables } from "./memfleet/memfleet-tables";
import { MEMFLEET_MIGRATIONS } from "./memfleet/schema";
import type { StorePlan } from "./protocol";
import type { TableContext } from "./tables";

export interface StoreDefinition {
  readonly file: string;
  readonly pageSize: number;
  readonly migrations: readonly Migration[];
  readonly maxBytes: number | null;
  readonly synchronous: Synchronous;
  readonly group: HistoryTables | MemfleetTables;
}

export function openStore(plan: StorePlan, context: TableContext): StoreDefinition {
  return plan.store === "history" ? historyStore(plan.settings, context) : memfleetStore(context);
}

/** What may not be lost: a commit is on disk before anybody is told of it. */
function memfleetStore(context: TableContext): StoreDefinition {
  return {
    file: "memfleet.db",
    pageSize: 4096,
    migrations: MEMFLEET_MIGRATIONS,
    maxBytes: null,
    synchronous: "FULL",
    group: new MemfleetTables(context),
  };
}

function historyStore(settings: HistorySettings, context: TableContext): StoreDefinition {
  return {
    file: "history.db",
    // Blobs of several kilobytes: fewer overflow pages than with SQLite's default of 4096.
    pageSize: 8192,
    migrations: HISTORY_MIGRATIONS,
    maxBytes: settings.maxBytes,
    // A power cut may take the last sweeps; it cannot damage the file.
    synchronous: "NORMAL",
    group: new HistoryTables(context, settings),
  };
}
