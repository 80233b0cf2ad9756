/** The main thread's end of `memfleet.db`. */
import { StoreClient } from "./client";
import type { StoreState } from "./protocol";

export type MemfleetStore = Pick<StoreClient, "call" | "state" | "close">;

/**
 * Opens the file, making it when there is none. Resolves also when it cannot be opened: every call then rejects
 * with `UnavailableError` and tries again. A call that resolved is on disk.
 */
export async function openMemfleetStore(
  dataDir: string,
  onState: (state: StoreState) => void = () => {},
): Promise<MemfleetStore> {
  const client = new StoreClient(dataDir, { store: "memfleet" }, onState);
  await client.open();
  return client;
}
