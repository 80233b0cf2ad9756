/** Opens `memfleet.db` for the main thread. */
import { Worker } from "node:worker_threads";
import { StoreClient } from "@/lib/store/client";
import type { StoreState } from "@/lib/store/protocol";
import type { RecordOperations } from "./tables/tables";

export type RecordsStore = Pick<StoreClient<RecordOperations>, "call" | "state" | "close">;

/**
 * Opens the file, or creates it. Resolves also when it cannot be opened: every call then tries again, and rejects
 * with `UnavailableError` when that fails. What a resolved call wrote is on disk.
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
