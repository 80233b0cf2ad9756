/** The worker thread of `memfleet.db`. */
import { serveStore } from "@/lib/store/serve-worker";
import { RECORD_MIGRATIONS } from "./tables/schema";
import { RecordTables } from "./tables/tables";

serveStore<null>((context) => ({
  file: "memfleet.db",
  pageSize: 4096,
  migrations: RECORD_MIGRATIONS,
  maxBytes: null,
  // Nothing may be lost: a commit is on disk before its request is answered.
  synchronous: "FULL",
  group: new RecordTables(context),
}));
