/** The history that is configured. */
import type { History } from "./contract";
import { createEmbeddedHistory } from "./embedded";
import { createRemoteHistory } from "./remote/remote";
import type { RemoteSettings } from "./remote/settings";

export interface HistoryChoice {
  /** Of the embedded history. */
  readonly dataDir: string;
  readonly rawMs: number;
  readonly rollupMs: number;
  /** Where there is an engine already; null: the history is embedded. */
  readonly prometheus: RemoteSettings | null;
  /** The poll interval, in milliseconds. */
  readonly intervalMs: number;
  readonly onDefect: (error: unknown) => void;
}

/** Opens it. An engine or a disk that cannot be used shows in `health()`, not as an error. */
export async function openHistory({ prometheus, onDefect, ...embedded }: HistoryChoice): Promise<History> {
  const { intervalMs } = embedded;
  if (prometheus !== null) return createRemoteHistory({ ...prometheus, intervalMs, onDefect });
  return createEmbeddedHistory(embedded);
}
