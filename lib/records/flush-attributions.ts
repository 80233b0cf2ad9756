/** Who sent the flushes of the nodes, stored across restarts of Memfleet. */
import "server-only";
import { asNamedError } from "@/lib/model/errors";
import type { FlushAttribution } from "@/lib/model/node/node.schema";
import type { RecordsStore } from "./open";
import type { FlushAttributionRow } from "./tables/flush-attributions";

/** Who sent the flushes of one node. Valid for one process of the node, and one value of its `cmd_flush`. */
export interface StoredFlushes {
  readonly startedSeconds: number;
  readonly cmdFlush: number;
  /** Who sent the flush received last, and the one that took effect last; null: not known. */
  readonly origins: { readonly latest: FlushAttribution | null; readonly effective: FlushAttribution | null };
}

/** How long changes are collected before they are written, in milliseconds. */
const WRITE_DELAY_MS = 500;

export class FlushAttributionRecords {
  private readonly unsaved = new Map<string, FlushAttributionRow>();
  private timer: NodeJS.Timeout | null = null;

  private constructor(
    private readonly store: Pick<RecordsStore, "call">,
    private readonly byNode: Map<string, StoredFlushes>,
    private readonly onDefect: (error: unknown) => void,
  ) {}

  /** Reads what an earlier process stored; nothing while the store is unavailable. */
  static async read(
    store: Pick<RecordsStore, "call">,
    onDefect: (error: unknown) => void,
  ): Promise<FlushAttributionRecords> {
    const byNode = new Map<string, StoredFlushes>();
    try {
      for (const row of await store.call("flushAttribution.list", null)) {
        const { node, startedSeconds, cmdFlush } = row;
        byNode.set(node, { startedSeconds, cmdFlush, origins: JSON.parse(row.attributions) });
      }
    } catch (error) {
      if (asNamedError(error) === null) onDefect(error);
    }
    return new FlushAttributionRecords(store, byNode, onDefect);
  }

  of(node: string): StoredFlushes | null {
    return this.byNode.get(node) ?? null;
  }

  save(node: string, flushes: StoredFlushes): void {
    this.byNode.set(node, flushes);
    const { startedSeconds, cmdFlush, origins } = flushes;
    this.unsaved.set(node, { node, startedSeconds, cmdFlush, attributions: JSON.stringify(origins) });
    this.timer ??= setTimeout(() => void this.write(), WRITE_DELAY_MS).unref();
  }

  /** Writes what is not written yet. What cannot be stored is unknown after a restart, and shown as unknown. */
  async write(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const rows = [...this.unsaved.values()];
    this.unsaved.clear();
    if (rows.length === 0) return;
    try {
      await this.store.call("flushAttribution.put", rows);
    } catch (error) {
      if (asNamedError(error) === null) this.onDefect(error);
    }
  }
}
