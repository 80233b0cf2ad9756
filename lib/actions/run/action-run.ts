/**
 * One running action: when each node is sent to, pauses, and the end.
 *
 * Invariants: a node is marked as sent to, on disk, before anything is sent to it; nothing is sent while the action
 * is paused, or after it was cancelled; what was sent is followed to its outcome.
 */
import { forEachLimit } from "@/lib/concurrency/for-each-limit";
import type { ActionKind } from "@/lib/model/actions/action";
import type { Action, ActionInputs, ActionTarget, Measurements } from "@/lib/model/actions/action.schema";
import { asNamedError, ConflictError } from "@/lib/model/errors";
import { DAY_MS } from "@/lib/model/time";
import type { ActionRecords } from "@/lib/records/actions";
import type { ActionPhases, AnyActionDefinition, Pace, Target, TargetResult } from "../contract";
import { AT_ONCE } from "../preflight";
import type { FailedAttempt } from "./attempt";
import { outcomeSummary } from "./outcome-summary";
import { type ChangeListener, RunTargets } from "./run-targets";
import { latenessMs, resumeShiftMs } from "./stagger";
import { Watch, type WatchTimes } from "./watch";

/** What an action does to a node. */
export interface ActionEvent {
  readonly node: string;
  readonly kind: ActionKind;
  readonly actor: string;
  readonly action: string;
  readonly atMs: number;
}

/** What a run needs of its surroundings. */
export interface ActionRunOptions {
  readonly log: ActionRecords;
  /** A configured node, as it is now; throws `NotFoundError`. */
  readonly target: (id: string) => Target;
  /** Something is about to be sent. Returns the function that takes it back when it was not. */
  readonly onSending: (event: ActionEvent) => () => void;
  /** Nodes may have changed: they should be polled and marked in their charts. */
  readonly onActed: (events: readonly ActionEvent[]) => void;
  readonly nowMs: () => number;
  readonly onDefect: (error: unknown) => void;
  /** Nothing may be sent. */
  readonly readOnly: () => boolean;
  readonly watchTimes: WatchTimes;
}

/** `setTimeout` cannot wait longer than 2^31 ms; what is due later is checked again. */
const LONGEST_WAIT_MS = DAY_MS;

/**
 * How many are marked as sent to in one transaction, and sent to at once: a line there, a line back. A crash leaves
 * the outcome of at most two batches unknown.
 */
const BATCH = 256;

const ALL_AT_ONCE: Pace = { staggerSeconds: 0, waitForHitRatio: null, waitAtMostSeconds: 0 };

interface RunNode {
  readonly index: number;
  readonly target: Target;
}

interface ReadNode extends RunNode {
  readonly before: Measurements;
}

export class ActionRun<Kind extends ActionKind = ActionKind> {
  /** Resolves when everything that will be sent has its outcome, and that is on disk. */
  readonly sent: Promise<void>;
  /** Resolves when the watching has ended as well. */
  readonly finished: Promise<void>;
  private readonly targets: RunTargets;
  private readonly watch: Watch<Kind>;
  private readonly pace: Pace;
  private readonly waves = new Set<Promise<void>>();
  /** Indexes of the nodes of the running waves, also before they are marked as sent to. */
  private readonly dispatched = new Set<number>();
  private wake: () => void = () => {};

  constructor(
    private readonly initial: Action,
    private readonly definition: AnyActionDefinition<Kind>,
    private readonly input: ActionInputs[Kind],
    private readonly options: ActionRunOptions,
  ) {
    const { log, nowMs, onDefect, watchTimes } = options;
    this.targets = new RunTargets(initial, definition.deadlineMs(input), log, nowMs, onDefect);
    this.watch = new Watch(definition, this.targets, watchTimes, () => this.wake());
    this.pace = definition.pace?.(input) ?? ALL_AT_ONCE;
    this.sent = this.drive();
    this.finished = this.sent.then(() => this.watchToEnd());
  }

  action(): Action {
    return this.targets.action();
  }

  /** Returns the function that removes the listener. */
  onChange(listener: ChangeListener): () => void {
    return this.targets.onChange(listener);
  }

  /** @throws ConflictError when nothing is left to send */
  async pause(detail: string): Promise<void> {
    this.requirePending();
    this.targets.pause(detail);
    await this.targets.save();
  }

  /** @throws ConflictError when nothing is left to send */
  async resume(): Promise<void> {
    this.requirePending();
    if (this.targets.running) return;
    const { staggerSeconds } = this.pace;
    const dueMs = this.nextDueMs();
    if (dueMs !== null) {
      this.postpone(resumeShiftMs(dueMs, this.targets.lastSentMs, staggerSeconds, this.options.nowMs()));
    }
    this.targets.update({ state: "running", detail: this.watch.waitingFor });
    await this.targets.save();
    this.wake();
  }

  /** Ends it without what has not been sent. @throws ConflictError when it has ended already */
  cancel(detail: string): void {
    this.requireNotEnded();
    this.watch.stopWaiting();
    this.targets.cancel(detail);
    this.wake();
  }

  /** Memfleet stops: cancels what is left, and watches no longer. */
  stop(detail: string): void {
    if (!this.targets.ended) this.cancel(detail);
    this.watch.close();
  }

  private requireNotEnded(): void {
    if (this.targets.ended) throw new ConflictError("this action has already ended");
  }

  private requirePending(): void {
    this.requireNotEnded();
    if (this.targets.pending().length === 0) {
      throw new ConflictError("this action has already been sent to all nodes");
    }
  }

  private async drive(): Promise<void> {
    for (;;) {
      const due = this.due();
      if (due.length > 0) this.launch(due);
      else if (this.queued().length === 0 && this.waves.size === 0) break;
      else await this.nextEvent();
    }
    await this.end();
  }

  /** Nodes that no wave has taken yet. */
  private queued(): number[] {
    return this.targets.pending().filter((index) => !this.dispatched.has(index));
  }

  private nextDueMs(): number | null {
    const [next] = this.queued();
    return next === undefined ? null : this.targets.at(next).dueMs;
  }

  private get halted(): boolean {
    return !this.targets.running || this.watch.waitingFor !== null || this.options.readOnly();
  }

  /** Nodes that may be sent to now. */
  private due(): number[] {
    if (this.halted) return [];
    const { staggerSeconds, waitForHitRatio } = this.pace;
    if (waitForHitRatio !== null && this.waves.size > 0) return [];
    const nowMs = this.options.nowMs();
    const due = this.queued().filter((index) => (this.targets.at(index).dueMs ?? 0) <= nowMs);
    return staggerSeconds > 0 || waitForHitRatio !== null ? due.slice(0, 1) : due;
  }

  private launch(indexes: readonly number[]): void {
    const [first] = indexes;
    const dueMs = first === undefined ? null : this.targets.at(first).dueMs;
    for (const index of indexes) this.dispatched.add(index);
    if (dueMs !== null) {
      this.postpone(latenessMs(dueMs, this.options.nowMs(), this.pace.staggerSeconds));
    }
    const wave: Promise<void> = this.runWave(indexes)
      .catch(this.options.onDefect)
      .finally(() => {
        for (const index of indexes) this.dispatched.delete(index);
        this.waves.delete(wave);
        this.wake();
      });
    this.waves.add(wave);
  }

  private postpone(byMs: number): void {
    if (byMs === 0) return;
    for (const index of this.queued()) {
      const { dueMs } = this.targets.at(index);
      if (dueMs !== null) this.targets.set(index, { dueMs: dueMs + byMs });
    }
  }

  /** Resolves when the next node is due, or something has changed. */
  private nextEvent(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.waitMs());
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private waitMs(): number {
    const dueMs = this.nextDueMs();
    if (this.halted || dueMs === null) return LONGEST_WAIT_MS;
    return Math.min(LONGEST_WAIT_MS, Math.max(1, dueMs - this.options.nowMs()));
  }

  private async runWave(indexes: readonly number[]): Promise<void> {
    const nodes = indexes.flatMap((index) => this.resolve(index) ?? []);
    if ("phases" in this.definition) await this.runPhases(nodes, this.definition.phases);
    else await forEachLimit(nodes, AT_ONCE, (node) => this.runOne(node));
    await this.targets.saveOrPause();
    const sent = nodes.filter(({ index }) => this.targets.at(index).sentMs !== null);
    if (sent.length > 0) this.options.onActed(sent.map(({ index }) => this.eventFor(index)));
  }

  /** The configured node when it is due: it may have been changed or removed in between. */
  private resolve(index: number): RunNode | null {
    try {
      return { index, target: this.options.target(this.targets.at(index).node) };
    } catch (error) {
      if (asNamedError(error)?.name !== "NotFoundError") throw error;
      this.targets.set(index, { state: "skipped", detail: "no longer configured", dueMs: null });
      return null;
    }
  }

  private async runOne(node: RunNode): Promise<void> {
    const { definition, input } = this;
    if ("phases" in definition || (await this.targets.markSent([node])).length === 0) return;
    const { index, target } = node;
    const done = await this.targets.attempt(index, (context) => definition.run(target, input, context));
    const { before, after } = this.targets.at(index);
    this.conclude(node, done.ok ? done.value : { verified: false, detail: done.detail, before, after });
  }

  /** Reads all, sends to all that could be read, verifies all that accepted it. */
  private async runPhases(nodes: readonly RunNode[], phases: ActionPhases<Kind>): Promise<void> {
    const read: ReadNode[] = [];
    await forEachLimit(nodes, AT_ONCE, async (node) => {
      const { index, target } = node;
      const before = await this.targets.attempt(index, (context) => phases.read(target, this.input, context));
      if (before.ok) read.push({ ...node, before: before.value });
      else this.failUnsent(index, before);
    });
    read.sort((a, b) => a.index - b.index);
    const accepted = await this.sendAll(read, phases);
    await forEachLimit(accepted, AT_ONCE, (node) => this.verify(node, phases));
  }

  /** While one batch is sent to, the next is marked on disk: sending does not wait for the disk. */
  private async sendAll(nodes: readonly ReadNode[], phases: ActionPhases<Kind>): Promise<ReadNode[]> {
    const accepted: ReadNode[] = [];
    let marked = this.targets.markSent(nodes.slice(0, BATCH));
    for (let next = BATCH; next < nodes.length + BATCH; next += BATCH) {
      const batch = await marked;
      marked = this.targets.markSent(nodes.slice(next, next + BATCH));
      await forEachLimit(batch, BATCH, async (node) => {
        if (await this.send(node, phases)) accepted.push(node);
      });
    }
    return accepted;
  }

  /** Whether the node accepted it. */
  private async send(node: ReadNode, phases: ActionPhases<Kind>): Promise<boolean> {
    const { index, target, before } = node;
    const withdraw = this.options.onSending(this.eventFor(index));
    const sent = await this.targets.attempt(index, (context) =>
      phases.send(target, this.input, before, context),
    );
    if (sent.ok) return true;
    if (sent.impossible) withdraw();
    this.conclude(node, { verified: false, detail: sent.detail, before, after: null });
    return false;
  }

  private async verify(node: ReadNode, phases: ActionPhases<Kind>): Promise<void> {
    const { index, target, before } = node;
    const outcome = await this.targets.attempt(index, (context) =>
      phases.verify(target, this.input, before, context),
    );
    if (outcome.ok) return this.conclude(node, outcome.value);
    const detail = `accepted, but not verified: ${outcome.detail}`;
    this.conclude(node, { verified: false, detail, before, after: null });
  }

  private failUnsent(index: number, { impossible, detail }: FailedAttempt): void {
    if (this.targets.at(index).state !== "pending") return;
    const state = impossible ? "skipped" : "failed";
    this.targets.set(index, { state, detail: `not sent: ${detail}`, dueMs: null });
  }

  private conclude({ index, target }: RunNode, result: TargetResult): void {
    const { verified, detail, before, after, rows } = result;
    const state: ActionTarget["state"] = verified ? "verified" : "failed";
    this.targets.set(index, { state, detail, before, after, ...(rows && { rows: [...rows] }) });
    if (!verified || this.definition.watch === undefined) return;
    const nextWaits = this.pace.waitForHitRatio !== null && this.queued().length > 0;
    this.watch.add(index, target, result, nextWaits ? this.pace : null);
  }

  private eventFor(index: number): ActionEvent {
    const { id, kind, actor } = this.initial;
    const { node, sentMs } = this.targets.at(index);
    return { node, kind, actor, action: id, atMs: sentMs ?? this.options.nowMs() };
  }

  private async end(): Promise<void> {
    const targets = this.targets.all();
    const { cancelledBy } = this.targets;
    const complete = targets.every(({ state }) => state === "verified");
    const state = cancelledBy !== null ? "cancelled" : complete ? "done" : "failed";
    const { detail, audit } = outcomeSummary(targets, cancelledBy);
    const endedMs = this.options.nowMs();
    const { untilMs: watchedUntilMs } = this.watch;
    await this.targets.end({ state, detail, endedMs, watchedUntilMs }, audit).catch(this.options.onDefect);
  }

  private async watchToEnd(): Promise<void> {
    await this.watch.ended();
    const { untilMs } = this.watch;
    if (untilMs === null) return;
    // Memfleet may have stopped before that.
    this.targets.update({ watchedUntilMs: Math.min(untilMs, this.options.nowMs()) });
    await this.targets.save().catch(this.options.onDefect);
  }
}
