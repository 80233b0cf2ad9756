/**
 * Removing the items of a prefix: a dump finds them, and each is then deleted or marked as stale by its key. The CAS
 * of the dump is sent along where the node compares it: an item that was rewritten since stays, and is counted as
 * changed. The counts are the node's replies for each key.
 */
import { aborted, sleepUnlessAborted } from "@/lib/concurrency/abortable";
import { Semaphore } from "@/lib/concurrency/semaphore";
import type {
  BulkDelete,
  BulkDeleteCounts,
  BulkDeleteKind,
  Metadump,
  MetadumpItem,
} from "@/lib/memcached/contract";
import type { Measurements } from "@/lib/model/actions/action.schema";
import { asNamedError, ConflictError } from "@/lib/model/errors";
import type { RunContext, Target, TargetResult } from "../contract";
import { readGeneralStats } from "../kinds/node-stats";
import { KeyBuffer, keyBufferBytes, partOf } from "./key-buffer";
import { isComplete, type PrefixCounts, prefixDetail, prefixMeasurements } from "./outcome";

export interface PrefixRequest {
  readonly prefix: Uint8Array;
  readonly dryRun: boolean;
  /** Keys per second, at most. */
  readonly perSecond: number;
  readonly removal: BulkDeleteKind;
}

/** A run that takes longer has failed, in milliseconds: enough for 200 million keys at the default rate. */
export const PREFIX_DEADLINE_MS = 21_600_000;
/** Keys that one run holds in memory, in bytes. */
const KEY_BUFFER_BYTES = 32 * 1024 * 1024;
/** Two runs at a time take 64 MB at most. */
const RUN_PERMITS = new Semaphore(2);
/** Parts are a little smaller than the buffer: the node continues to store items. */
const PART_FILL = 0.8;
const PROGRESS_EVERY_MS = 500;
const BATCHES_PER_SECOND = 20;
const MOST_PER_BATCH = 500;

/** Rejects with `ConflictError` when the node's crawler is busy, else as `NodeClient.metadump`. */
export async function runPrefix(
  target: Target,
  request: PrefixRequest,
  context: RunContext,
  bufferBytes = KEY_BUFFER_BYTES,
): Promise<TargetResult> {
  const release = await RUN_PERMITS.acquire(context.signal);
  if (release === null) {
    return { verified: false, detail: "stopped before it started", before: null, after: null };
  }
  try {
    const stat = await readGeneralStats(target.client);
    const before = { atMs: context.nowMs(), currItems: stat("curr_items") };
    return await new PrefixRun(target, request, context, bufferBytes, before).run();
  } finally {
    release();
  }
}

/** What one dump found. */
interface MatchingKeys {
  readonly keys: KeyBuffer;
  /** Bytes that all matching items of the part need, also those that did not fit into the buffer. */
  readonly neededBytes: number;
  /** Matching items of the part. */
  readonly items: number;
}

class PrefixRun {
  private readonly counts: BulkDeleteCounts = { done: 0, missing: 0, changed: 0, failed: 0 };
  private matched = 0;
  private seen = 0;
  private unreadable = 0;
  private walk: Metadump["walk"] = "hash";
  /** Whether the first dump is still running. */
  private firstDump = true;
  private progressAtMs = 0;
  private problem: string | null = null;
  /** The address that the keys come from, if the node's host is a name. */
  private dumpedAt: string | null = null;
  private readonly cancelled: Promise<void>;

  constructor(
    private readonly target: Target,
    private readonly request: PrefixRequest,
    private readonly context: RunContext,
    private readonly bufferBytes: number,
    private readonly before: Measurements,
  ) {
    this.cancelled = aborted(context.signal);
  }

  async run(): Promise<TargetResult> {
    const first = await this.dump(0, 1);
    if (first !== null && !this.request.dryRun) {
      try {
        await this.remove(first);
      } catch (error) {
        const named = asNamedError(error);
        if (named === null) throw error;
        this.problem = named.message;
      }
    }
    return this.result();
  }

  /** All at once when the keys fit into the buffer, else part by part with a dump for each. */
  private async remove(first: MatchingKeys): Promise<void> {
    if (first.items === first.keys.count) return this.removeAll(first.keys);
    const parts = Math.ceil(first.neededBytes / (this.bufferBytes * PART_FILL));
    let matched = 0;
    for (let part = 0; part < parts; part++) {
      const found = await this.dump(part, parts);
      if (found === null) return;
      await this.removeAll(found.keys);
      matched += found.items;
    }
    if (!this.context.signal.aborted) this.matched = matched;
  }

  /** Null when it did not complete: the run was stopped, or the dump failed. */
  private async dump(part: number, parts: number): Promise<MatchingKeys | null> {
    const { signal } = this.context;
    const keys = new KeyBuffer(this.bufferBytes);
    let neededBytes = 0;
    let items = 0;
    const add = (item: MetadumpItem): boolean => {
      if (parts > 1 && partOf(item.key(), parts) !== part) return true;
      items++;
      neededBytes += keyBufferBytes(item);
      keys.add(item);
      return true;
    };
    const onItem = this.request.dryRun ? () => false : add;
    const dump = await this.target.client.metadump({ prefix: this.request.prefix, onItem });
    this.dumpedAt = this.target.client.addressInUse()?.ip ?? null;
    const reporting = setInterval(() => this.reportDump(dump), PROGRESS_EVERY_MS);
    try {
      await Promise.race([dump.ended, this.cancelled]);
    } catch (error) {
      const named = asNamedError(error);
      if (named === null) throw error;
      this.problem = `the dump failed: ${named.message}`;
      return null;
    } finally {
      clearInterval(reporting);
      dump.stop();
      this.reportDump(dump);
      this.firstDump = false;
      this.unreadable += dump.unreadable;
      this.walk = dump.walk;
    }
    return signal.aborted ? null : { keys, neededBytes, items };
  }

  /** Only the first dump counts the items: later ones find what remains. */
  private reportDump({ matched, itemCount }: Metadump): void {
    if (this.firstDump) {
      this.matched = matched;
      this.seen = itemCount;
    }
    this.context.progress(this.measurements());
  }

  private async removeAll(keys: KeyBuffer): Promise<void> {
    if (keys.count === 0) return;
    const { signal } = this.context;
    const session = await this.target.client.bulkDelete(this.request.removal);
    try {
      const startedAtMs = performance.now();
      let sent = 0;
      for (const batch of keys.batches(this.batchSize())) {
        const dueMs = startedAtMs + (sent / this.request.perSecond) * 1_000;
        await sleepUnlessAborted(dueMs - performance.now(), signal);
        if (signal.aborted) return;
        await this.removeBatch(session, batch);
        sent += batch.length;
      }
    } finally {
      session.close();
    }
  }

  private async removeBatch(session: BulkDelete, batch: Parameters<BulkDelete["delete"]>[0]): Promise<void> {
    if (this.dumpedAt !== (this.target.client.addressInUse()?.ip ?? null)) {
      throw new ConflictError(`${this.target.id} has another address since its keys were listed`);
    }
    const counts = await session.delete(batch, this.request.removal);
    for (const name of ["done", "missing", "changed", "failed"] as const) this.counts[name] += counts[name];
    if (performance.now() - this.progressAtMs < PROGRESS_EVERY_MS) return;
    this.progressAtMs = performance.now();
    this.context.progress(this.measurements());
  }

  private batchSize(): number {
    return Math.max(1, Math.min(MOST_PER_BATCH, Math.ceil(this.request.perSecond / BATCHES_PER_SECOND)));
  }

  private outcome(): PrefixCounts {
    const { matched, seen, unreadable, walk, counts, problem } = this;
    const { dryRun, removal } = this.request;
    const ended = this.context.signal.aborted;
    return { dryRun, kind: removal.kind, matched, seen, unreadable, walk, counts, problem, ended };
  }

  private measurements(): Measurements {
    return prefixMeasurements(this.outcome(), this.context.nowMs());
  }

  private result(): TargetResult {
    const outcome = this.outcome();
    return {
      verified: isComplete(outcome),
      detail: prefixDetail(outcome),
      before: this.before,
      after: this.measurements(),
    };
  }
}
