/** Opens the configured history. */
import type { StoreIncident } from "@/lib/store/incident";
import type { History } from "./contract";
import { createEmbeddedHistory } from "./embedded/history";
import { createPrometheusHistory, type PrometheusHistory } from "./prometheus/history";
import type { RemoteSettings } from "./prometheus/settings";

interface HistoryChoice {
  /** Of the embedded history. */
  readonly dataDir: string;
  readonly rawMs: number;
  readonly rollupMs: number;
  /** An existing engine; null: the history is embedded. */
  readonly prometheus: RemoteSettings | null;
  /** The poll interval, in milliseconds. */
  readonly intervalMs: number;
  readonly onDefect: (error: unknown) => void;
  /** Called with what happened to the file of the embedded history. */
  readonly onIncidents: (incidents: readonly StoreIncident[]) => void;
}

interface OpenedHistory {
  readonly history: History;
  /** The history, when other processes write to it as well; else null. */
  readonly shared: Pick<PrometheusHistory, "sampleBatches"> | null;
}

/** An unusable engine or disk is reported by `health()`, not as an error. */
export async function openHistory({
  prometheus,
  onDefect,
  ...embedded
}: HistoryChoice): Promise<OpenedHistory> {
  if (prometheus === null) return { history: await createEmbeddedHistory(embedded), shared: null };
  const remote = createPrometheusHistory({ ...prometheus, intervalMs: embedded.intervalMs, onDefect });
  return { history: remote, shared: remote };
}
