/**
 * Removing what begins with a prefix: a dump finds the items, and each is then deleted or marked as stale by its
 * key. The dump's CAS goes with it where the node compares it: an item that was stored again since is another item,
 * stays, and is counted as changed. What counts is what the node answered for each key.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { PREFIX_PERMITS } from "@/lib/concurrency/semaphore";
import type {
  BulkDelete,
  BulkDeleteCounts,
  BulkDeleteKind,
  DumpedItem,
  Metadump,
} from "@/lib/memcached/contract";
import type { Figures } from "@/lib/model/actions/action.schema";
import { asNamedError } from "@/lib/model/errors";
import type { RunContext, Target, TargetResult } from "../contract";
import { readGeneralStats } from "../kinds/node-stats";
import { KeyBuffer, keyBufferBytes, partOf } from "./key-buffer";
import { isWhole, type PrefixCounts, prefixDetail, prefixFigures } from "./outcome";

export interface PrefixRequest {
  readonly prefix: Uint8Array;
  readonly dryRun: boolean;
  /** Keys a second, at most. */
  readonly perSecond: number;
  readonly removal: BulkDeleteKind;
}

/** A run that takes longer has failed, in milliseconds: 200 million keys at the default pace. */
export const PREFIX_DEADLINE_MS = 21_600_000;
/** Keys of one run in memory, in bytes. Two runs at a time: 64 MB. */
const KEY_BUFFER_BYTES = 32 * 1024 * 1024;
/** Parts are made a little smaller than they could be: the node goes on storing. */
const PART_FILL = 0.8;
const TELL_MS = 500;
const BATCHES_PER_SECOND = 20;
const MOST_PER_BATCH = 500;

/** Rejects with `ConflictError` when the node's crawler is busy, else as `NodeClient.metadump`. */
export async function runPrefix(
  target: Target,
  order: PrefixRequest,
  context: RunContext,
  spillBytesAtMost = KEY_BUFFER_BYTES,
): Promise<TargetResult> {
  const release = await PREFIX_PERMITS.take(context.signal);
  if (release === null)
    return { verified: false, detail: "ended before it began", before: null, after: null };
  try {
    const before = await findKeys(target, context);
    return await new PrefixRun(target, order, context, spillBytesAtMost, before).run();
  } finally {
    release();
  }
}

async function findKeys({ client }: Target, { nowMs }: RunContext): Promise<Figures> {
  const figure = await readGeneralStats(client);
  return { atMs: nowMs(), currItems: figure("curr_items") };
}

/** What one dump found. */
interface MatchingKeys {
  readonly keys: KeyBuffer;
  /** Bytes that all of them would take. */
  readonly wantedBytes: number;
  /** Those that belonged to the part. */
  readonly items: number;
}

class PrefixRun {
  private readonly counts: BulkDeleteCounts = { done: 0, missing: 0, changed: 0, failed: 0 };
  private matched = 0;
  private seen = 0;
  private unreadable = 0;
  private walk: Metadump["walk"] = "hash";
  /** Whether the first dump still goes on. */
  private first = true;
  private toldAtMs = 0;
  private problem: string | null = null;
  private readonly cancelled: Promise<void>;

  constructor(
    private readonly target: Target,
    private readonly order: PrefixRequest,
    private readonly context: RunContext,
    private readonly spillBytesAtMost: number,
    private readonly before: Figures,
  ) {
    this.cancelled = aborted(context.signal);
  }

  async run(): Promise<TargetResult> {
    const first = await this.dump(0, 1);
    if (first !== null && !this.order.dryRun) {
      try {
        await this.remove(first);
      } catch (error) {
        const known = asNamedError(error);
        if (known === null) throw error;
        this.problem = known.message;
      }
    }
    return this.result();
  }

  /** In one go when all keys fit, else part by part with a dump for each. */
  private async remove(first: MatchingKeys): Promise<void> {
    if (first.items === first.keys.count) return this.removeAll(first.keys);
    const parts = Math.ceil(first.wantedBytes / (this.spillBytesAtMost * PART_FILL));
    let matched = 0;
    for (let part = 0; part < parts; part++) {
      const found = await this.dump(part, parts);
      if (found === null) return;
      await this.removeAll(found.keys);
      matched += found.items;
    }
    if (!this.context.signal.aborted) this.matched = matched;
  }

  /** Null when it did not come to its end, because this run ends early or the dump broke off. */
  private async dump(part: number, parts: number): Promise<MatchingKeys | null> {
    const { signal } = this.context;
    const spill = new KeyBuffer(this.spillBytesAtMost);
    let wantedBytes = 0;
    let items = 0;
    const take = (item: DumpedItem): boolean => {
      if (parts > 1 && partOf(item.key(), parts) !== part) return true;
      items++;
      wantedBytes += keyBufferBytes(item);
      spill.add(item);
      return true;
    };
    const visit = this.order.dryRun ? () => false : take;
    const dump = await this.target.client.metadump({ prefix: this.order.prefix, onItem: visit });
    const tell = setInterval(() => this.follow(dump), TELL_MS);
    try {
      await Promise.race([dump.ended, this.cancelled]);
    } catch (error) {
      const known = asNamedError(error);
      if (known === null) throw error;
      this.problem = `the dump broke off: ${known.message}`;
      return null;
    } finally {
      clearInterval(tell);
      dump.stop();
      this.follow(dump);
      this.first = false;
      this.unreadable += dump.unreadable;
      this.walk = dump.walk;
    }
    return signal.aborted ? null : { keys: spill, wantedBytes, items };
  }

  /** Later dumps find what is left: the first one tells how much there is. */
  private follow({ matched, itemCount: seen }: Metadump): void {
    if (this.first) {
      this.matched = matched;
      this.seen = seen;
    }
    this.context.progress(this.figures());
  }

  private async removeAll(spill: KeyBuffer): Promise<void> {
    if (spill.count === 0) return;
    const { signal } = this.context;
    const remover = await this.target.client.bulkDelete(this.order.removal);
    try {
      const startedAtMs = performance.now();
      let sent = 0;
      for (const batch of spill.batches(this.batchSize())) {
        const dueMs = startedAtMs + (sent / this.order.perSecond) * 1_000;
        await rest(dueMs - performance.now(), signal);
        if (signal.aborted) return;
        await this.removeBatch(remover, batch);
        sent += batch.length;
      }
    } finally {
      remover.close();
    }
  }

  private async removeBatch(remover: BulkDelete, batch: Parameters<BulkDelete["delete"]>[0]): Promise<void> {
    const counts = await remover.delete(batch, this.order.removal);
    for (const name of ["done", "missing", "changed", "failed"] as const) this.counts[name] += counts[name];
    if (performance.now() - this.toldAtMs < TELL_MS) return;
    this.toldAtMs = performance.now();
    this.context.progress(this.figures());
  }

  private batchSize(): number {
    return Math.max(1, Math.min(MOST_PER_BATCH, Math.ceil(this.order.perSecond / BATCHES_PER_SECOND)));
  }

  private tally(): PrefixCounts {
    const { matched, seen, unreadable, walk, counts, problem } = this;
    const { dryRun, removal } = this.order;
    const ended = this.context.signal.aborted;
    return { dryRun, kind: removal.kind, matched, seen, unreadable, walk, counts, problem, ended };
  }

  private figures(): Figures {
    return prefixFigures(this.tally(), this.context.nowMs());
  }

  private result(): TargetResult {
    const tally = this.tally();
    return {
      verified: isWhole(tally),
      detail: prefixDetail(tally),
      before: this.before,
      after: this.figures(),
    };
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

/** Waits, but not beyond the end. */
async function rest(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0 || signal.aborted) return;
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
