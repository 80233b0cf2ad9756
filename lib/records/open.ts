/** The main thread's end of `memfleet.db`. */
import { Worker } from "node:worker_threads";
import { StoreClient } from "@/lib/store/client";
import type { StoreState } from "@/lib/store/protocol";
import type { RecordOperations } from "./tables/tables";

export type RecordsStore = Pick<StoreClient<RecordOperations>, "call" | "state" | "close">;

/**
 * Opens the file, making it when there is none. Resolves also when it cannot be opened: every call then rejects
 * with `UnavailableError` and tries again. A call that resolved is on disk.
 */
export async function openRecords(
  dataDir: string,
  onState: (state: StoreState) => void = () => {},
): Promise<RecordsStore> {
  const startWorker = () => new Worker(new URL("./worker.ts", import.meta.url));
  const client = new StoreClient<RecordOperations>(dataDir, startWorker, null, onState);
  await client.open();
  return client;
}
