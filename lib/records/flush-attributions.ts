/** What is known of the nodes' flushes, kept across restarts of Memfleet. */
import "server-only";
import { asNamedError } from "@/lib/model/errors";
import type { RememberedFlushes } from "@/lib/model/node/flush";
import type { RecordsStore } from "./open";
import type { FlushAttributionRow } from "./tables/flush-attributions";

/** How long news is gathered before it is written, in milliseconds. */
const GATHER_MS = 500;

export class FlushAttributionRecords {
  private readonly unsaved = new Map<string, FlushAttributionRow>();
  private timer: NodeJS.Timeout | null = null;

  private constructor(
    private readonly store: Pick<RecordsStore, "call">,
    private readonly known: Map<string, RememberedFlushes>,
    private readonly onDefect: (error: unknown) => void,
  ) {}

  /** Reads what an earlier Memfleet knew; nothing while the store cannot be used. */
  static async read(
    store: Pick<RecordsStore, "call">,
    onDefect: (error: unknown) => void,
  ): Promise<FlushAttributionRecords> {
    const known = new Map<string, RememberedFlushes>();
    try {
      for (const { node, startedSeconds, cmdFlush, origins } of await store.call("flushOrigin.all", null)) {
        known.set(node, { startedSeconds, cmdFlush, origins: JSON.parse(origins) });
      }
    } catch (error) {
      if (asNamedError(error) === null) onDefect(error);
    }
    return new FlushAttributionRecords(store, known, onDefect);
  }

  of(node: string): RememberedFlushes | null {
    return this.known.get(node) ?? null;
  }

  save(node: string, flushes: RememberedFlushes): void {
    this.known.set(node, flushes);
    const { startedSeconds, cmdFlush, origins } = flushes;
    this.unsaved.set(node, { node, startedSeconds, cmdFlush, origins: JSON.stringify(origins) });
    this.timer ??= setTimeout(() => void this.write(), GATHER_MS).unref();
  }

  /** Writes what is not written yet. What cannot be kept is not known after a restart, and said to be so. */
  async write(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const rows = [...this.unsaved.values()];
    this.unsaved.clear();
    if (rows.length === 0) return;
    try {
      await this.store.call("flushOrigin.keep", rows);
    } catch (error) {
      if (asNamedError(error) === null) this.onDefect(error);
    }
  }
}
