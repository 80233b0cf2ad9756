/** The worker thread of `history.db`. */
import { serveStore } from "@/lib/store/serve-worker";
import { HISTORY_MIGRATIONS } from "./schema";
import type { HistorySettings } from "./settings";
import { HistoryTables } from "./tables";

serveStore<HistorySettings>((context, settings) => ({
  file: "history.db",
  // Blobs of several kilobytes: fewer overflow pages than with SQLite's default of 4096.
  pageSize: 8192,
  migrations: HISTORY_MIGRATIONS,
  maxBytes: settings.maxBytes,
  // A power cut may take the last batches; it cannot damage the file.
  synchronous: "NORMAL",
  group: new HistoryTables(context, settings),
}));
