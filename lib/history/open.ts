/** The history that is configured. */
import type { History } from "./contract";
import { createEmbeddedHistory } from "./embedded/history";
import { createPrometheusHistory, type PrometheusHistory } from "./prometheus/history";
import type { RemoteSettings } from "./prometheus/settings";

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

export interface OpenedHistory {
  readonly history: History;
  /** Where other processes keep theirs as well; null: this one alone writes and reads it. */
  readonly shared: Pick<PrometheusHistory, "sampleBatches"> | null;
}

/** Opens it. An engine or a disk that cannot be used shows in `health()`, not as an error. */
export async function openHistory({
  prometheus,
  onDefect,
  ...embedded
}: HistoryChoice): Promise<OpenedHistory> {
  if (prometheus === null) return { history: await createEmbeddedHistory(embedded), shared: null };
  const remote = createPrometheusHistory({ ...prometheus, intervalMs: embedded.intervalMs, onDefect });
  return { history: remote, shared: remote };
}
