/**
 * The nodes of a running action: the state of each, and what of it is not on disk yet.
 *
 * Invariants: once `save` has resolved, everything set before the call is on disk; `markSent` returns a node only
 * once it is on disk as sent to, and none while the action is paused or after it was cancelled.
 */
import type { Action, ActionTarget } from "@/lib/model/actions/action.schema";
import { asNamedError } from "@/lib/model/errors";
import type { ActionProgress, ActionRecords } from "@/lib/records/actions";
import type { RunContext } from "../contract";
import { type Attempt, attempt } from "./attempt";

/** Receives the indexes of the targets that changed; none when the action itself did. */
export type ChangeListener = (indexes: readonly number[]) => void;

export class RunTargets {
  /** When a node was last sent to; null: none was. */
  lastSentMs: number | null = null;
  /** Who or what cancelled the action; null: nothing has. */
  cancelledBy: string | null = null;
  private readonly targets: ActionTarget[];
  private progress: ActionProgress = { state: "running", detail: null, endedMs: null, watchedUntilMs: null };
  private readonly unsaved = new Set<number>();
  private readonly listeners = new Set<ChangeListener>();
  private readonly cancellation = new AbortController();
  private lastWrite: Promise<void> = Promise.resolve();
  private queuedSave: Promise<void> | null = null;

  constructor(
    private readonly initial: Action,
    private readonly deadlineMs: number,
    private readonly records: ActionRecords,
    readonly nowMs: () => number,
    private readonly onDefect: (error: unknown) => void,
  ) {
    this.targets = [...initial.targets];
  }

  action(): Action {
    return { ...this.initial, ...this.progress, targets: [...this.targets] };
  }

  get running(): boolean {
    return this.progress.state === "running";
  }

  get ended(): boolean {
    return this.progress.endedMs !== null;
  }

  /** In the order of the request. */
  all(): readonly ActionTarget[] {
    return this.targets;
  }

  at(index: number): ActionTarget {
    const target = this.targets[index];
    if (target === undefined) throw new RangeError(`action ${this.initial.id} has no target ${index}`);
    return target;
  }

  /** Indexes of the nodes that nothing was sent to yet. */
  pending(): number[] {
    return this.targets.flatMap(({ state }, index) => (state === "pending" ? [index] : []));
  }

  set(index: number, change: Partial<ActionTarget>): void {
    this.targets[index] = { ...this.at(index), ...change };
    this.unsaved.add(index);
    for (const listener of this.listeners) listener([index]);
  }

  update(change: Partial<ActionProgress>): void {
    this.progress = { ...this.progress, ...change };
    for (const listener of this.listeners) listener([]);
  }

  /** Returns the function that removes the listener. */
  onChange(listener: ChangeListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  pause(detail: string): void {
    if (this.running) this.update({ state: "paused", detail });
  }

  /** Cancels what is pending and aborts what is under way. */
  cancel(detail: string): void {
    this.cancelledBy = detail;
    for (const index of this.pending()) this.set(index, { state: "cancelled", detail, dueMs: null });
    this.cancellation.abort();
  }

  /** Work on one node; see `attempt`. */
  attempt<Value>(index: number, work: (context: RunContext) => Promise<Value>): Promise<Attempt<Value>> {
    const context = {
      nowMs: this.nowMs,
      multiNode: this.targets.length > 1,
      progress: (after: ActionTarget["after"], detail?: string) =>
        this.set(index, { after, ...(detail && { detail }) }),
    };
    return attempt(work, context, this.deadlineMs, this.cancellation.signal, this.onDefect);
  }

  /** Those of `nodes` that may be sent to now. When they cannot be saved, none may, and the action pauses. */
  async markSent<Node extends { readonly index: number }>(nodes: readonly Node[]): Promise<Node[]> {
    const sending = this.running ? nodes.filter(({ index }) => this.at(index).state === "pending") : [];
    if (sending.length === 0) return [];
    const sentMs = this.nowMs();
    const dueMs = sending.map(({ index }) => this.at(index).dueMs);
    for (const { index } of sending) this.set(index, { state: "sent", sentMs, dueMs: null });
    try {
      await this.save();
    } catch (error) {
      for (const [position, { index }] of sending.entries()) {
        this.restorePending(index, dueMs[position] ?? null);
      }
      this.pauseUnsaved(error);
      return [];
    }
    this.lastSentMs = sentMs;
    return sending;
  }

  /** Rejects when it cannot be saved; it is then saved together with the next change. */
  save(): Promise<void> {
    this.queuedSave ??= this.afterLastWrite(() => {
      this.queuedSave = null;
      return this.write((targets) => this.records.save(Number(this.initial.id), this.progress, targets));
    });
    return this.queuedSave;
  }

  /** Saves, and pauses the action when that fails: nothing is sent that is not on disk. */
  async saveOrPause(): Promise<void> {
    await this.save().catch((error) => this.pauseUnsaved(error));
  }

  /** Shows the end once it is on disk or cannot be: an action that is shown as ended is in the audit. */
  async end(
    ending: ActionProgress & { readonly state: "done" | "failed" | "cancelled" },
    auditDetail: string,
  ): Promise<void> {
    const id = Number(this.initial.id);
    try {
      await this.afterLastWrite(() =>
        this.write((targets) => this.records.end(id, ending, targets, auditDetail)),
      );
    } finally {
      this.update(ending);
    }
  }

  private restorePending(index: number, dueMs: number | null): void {
    const { cancelledBy } = this;
    if (cancelledBy === null) this.set(index, { state: "pending", sentMs: null, dueMs });
    else this.set(index, { state: "cancelled", sentMs: null, dueMs: null, detail: cancelledBy });
  }

  private pauseUnsaved(error: unknown): void {
    const named = asNamedError(error);
    if (named === null) this.onDefect(error);
    this.pause(`paused: progress can’t be saved (${named?.message ?? "internal error; see the server log"})`);
  }

  private afterLastWrite(write: () => Promise<void>): Promise<void> {
    this.lastWrite = this.lastWrite.then(write, write);
    return this.lastWrite;
  }

  private async write(store: (targets: ReadonlyMap<number, ActionTarget>) => Promise<void>): Promise<void> {
    const indexes = [...this.unsaved];
    this.unsaved.clear();
    try {
      await store(new Map(indexes.map((index) => [index, this.at(index)])));
    } catch (error) {
      for (const index of indexes) this.unsaved.add(index);
      throw error;
    }
  }
}
