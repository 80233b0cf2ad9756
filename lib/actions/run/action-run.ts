/**
 * One action on its way from node to node: turns, pauses, the end.
 *
 * Invariants: a node is marked as sent to, on disk, before anything is sent to it; nothing is sent while the action
 * is paused, or after it was cancelled; what was sent is followed to its outcome.
 */
import { setMaxListeners } from "node:events";
import { forEachLimit } from "@/lib/concurrency/for-each-limit";
import type { ActionKind } from "@/lib/model/actions/action";
import type { Action, ActionInputs } from "@/lib/model/actions/action.schema";
import { asNamedError, ConflictError } from "@/lib/model/errors";
import type { ActionRecords } from "@/lib/records/actions";
import type { ActionDefinition, Pace, RunContext, Target, TargetResult } from "../contract";
import { AT_ONCE } from "../preflight";
import { outcomeSummary } from "./outcome-summary";
import { type Prepared, runPhases } from "./phases";
import { type EndState, Progress } from "./progress";
import { type BoundedResult, runBounded } from "./run-bounded";
import { latenessMs, resumeShiftMs } from "./stagger";
import { Watch, type WatchTimes } from "./watch";

/** What an action does to a node, for whoever keeps track of the node. */
export interface ActionEvent {
  readonly node: string;
  readonly kind: ActionKind;
  readonly actor: string;
  readonly action: string;
  readonly atMs: number;
}

/** What a course needs of its surroundings. */
export interface ActionRunHost {
  readonly log: ActionRecords;
  /** A configured node, as it is now; throws `NotFoundError`. */
  readonly target: (id: string) => Target;
  /** Something is about to be sent. Returns the way to say that it was not. */
  readonly onSending: (deed: ActionEvent) => () => void;
  /** Nodes may have changed: they are worth a fresh look and a marker. */
  readonly onActed: (deeds: readonly ActionEvent[]) => void;
  readonly nowMs: () => number;
  readonly onDefect: (error: unknown) => void;
  readonly watchTimes: WatchTimes;
}

/** A timer cannot wait longer than 2^31 ms; what is further away is looked at again. */
const LONGEST_WAIT_MS = 86_400_000;

const ALL_AT_ONCE: Pace = { staggerSeconds: 0, waitForHitRatio: null, waitAtMostSeconds: 0 };

export class ActionRun<Kind extends ActionKind = ActionKind> {
  /** Resolves when everything that will be sent has its outcome, and that is kept. */
  readonly sent: Promise<void>;
  /** Resolves when the watching has ended as well. */
  readonly finished: Promise<void>;
  private readonly progress: Progress;
  private readonly listeners = new Set<(places: readonly number[]) => void>();
  private readonly pace: Pace;
  private readonly waves = new Set<Promise<void>>();
  /** Places that have their turn now, though nothing may be sent to them yet. */
  private readonly dispatched = new Set<number>();
  private readonly ending = new AbortController();
  private readonly watch: Watch<Kind>;
  private lastSentMs: number | null = null;
  private cancelled: string | null = null;
  private wake: () => void = () => {};

  constructor(
    begun: Action,
    private readonly definition: ActionDefinition<Kind>,
    private readonly input: ActionInputs[Kind],
    private readonly host: ActionRunHost,
  ) {
    this.progress = new Progress(begun, host.log, (places) => {
      for (const listener of this.listeners) listener(places);
    });
    // As many listeners as nodes that are acted on at the same time.
    setMaxListeners(0, this.ending.signal);
    this.pace = definition.pace?.(input) ?? ALL_AT_ONCE;
    this.watch = new Watch(definition, this.progress, {
      times: host.watchTimes,
      nowMs: host.nowMs,
      attempt: (place, work) => this.attempt(place, work),
      onWaiting: (detail) => {
        if (this.progress.state === "running") this.progress.update({ detail });
        this.wake();
      },
      onWaitedTooLong: (detail) => this.pauseInternally(detail),
    });
    this.sent = this.drive();
    this.finished = this.sent.then(() => this.follow());
  }

  action(): Action {
    return this.progress.action();
  }

  /** Calls back with the places of what changed. Returns the way to stop. */
  onChange(listener: (places: readonly number[]) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** @throws ConflictError when nothing is left to be sent */
  async pause(detail: string): Promise<void> {
    this.needsPending();
    this.pauseInternally(detail);
    await this.progress.save();
  }

  /** @throws ConflictError when nothing is left to be sent */
  async resume(): Promise<void> {
    this.needsPending();
    if (this.progress.state !== "paused") return;
    const { nowMs } = this.host;
    const [first] = this.pending();
    const firstDueMs = first === undefined ? null : this.progress.target(first).dueMs;
    if (firstDueMs !== null) {
      this.postpone(resumeShiftMs(firstDueMs, this.lastSentMs, this.pace.staggerSeconds, nowMs()));
    }
    this.progress.update({ state: "running", detail: this.watch.waiting });
    await this.progress.save();
    this.wake();
  }

  /** Ends it without what has not been sent. @throws ConflictError when it has ended already */
  cancel(detail: string): void {
    if (this.progress.action().endedMs !== null) throw new ConflictError("this action has ended");
    this.cancelled = detail;
    for (const place of this.pending(true)) {
      this.progress.set(place, { state: "cancelled", detail, dueMs: null });
    }
    this.watch.stopWaiting();
    this.ending.abort();
    this.wake();
  }

  /** Memfleet stops: the same, and nothing is watched any longer. */
  stop(detail: string): void {
    if (this.progress.action().endedMs === null) this.cancel(detail);
    this.watch.close();
  }

  private needsPending(): void {
    if (this.progress.action().endedMs !== null) throw new ConflictError("this action has ended");
    if (this.pending(true).length === 0) throw new ConflictError("everything of this action has been sent");
  }

  private pauseInternally(detail: string): void {
    if (this.progress.state === "running") this.progress.update({ state: "paused", detail });
  }

  private async drive(): Promise<void> {
    for (;;) {
      const due = this.due();
      if (due.length > 0) this.launch(due);
      else if (this.pending().length === 0 && this.waves.size === 0) break;
      else await this.nextEvent();
    }
    await this.finish();
  }

  /** Whose turn it is now. */
  private due(): number[] {
    if (this.progress.state !== "running" || this.watch.waiting !== null) return [];
    const { staggerSeconds, waitForHitRatio } = this.pace;
    if (waitForHitRatio !== null && this.waves.size > 0) return [];
    const nowMs = this.host.nowMs();
    const due = this.pending().filter((place) => (this.progress.target(place).dueMs ?? 0) <= nowMs);
    return staggerSeconds > 0 || waitForHitRatio !== null ? due.slice(0, 1) : due;
  }

  private pending(withTaken = false): number[] {
    return this.progress
      .all()
      .flatMap(({ state }, place) =>
        state === "pending" && (withTaken || !this.dispatched.has(place)) ? [place] : [],
      );
  }

  private launch(places: readonly number[]): void {
    for (const place of places) this.dispatched.add(place);
    const nowMs = this.host.nowMs();
    const dueMs = this.progress.target(places[0] as number).dueMs;
    if (dueMs !== null) this.postpone(latenessMs(dueMs, nowMs, this.pace.staggerSeconds));
    const wave: Promise<void> = this.wave(places)
      .catch(this.host.onDefect)
      .finally(() => {
        for (const place of places) this.dispatched.delete(place);
        this.waves.delete(wave);
        this.wake();
      });
    this.waves.add(wave);
  }

  private postpone(byMs: number): void {
    if (byMs === 0) return;
    for (const place of this.pending()) {
      const { dueMs } = this.progress.target(place);
      if (dueMs !== null) this.progress.set(place, { dueMs: dueMs + byMs });
    }
  }

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
    const [next] = this.pending();
    const dueMs = next === undefined ? null : this.progress.target(next).dueMs;
    const halted = this.progress.state !== "running" || this.watch.waiting !== null;
    if (halted || dueMs === null) return LONGEST_WAIT_MS;
    return Math.min(LONGEST_WAIT_MS, Math.max(1, dueMs - this.host.nowMs()));
  }

  private async wave(places: readonly number[]): Promise<void> {
    const found = places.flatMap((place) => this.find(place) ?? []);
    const deeds: ActionEvent[] = [];
    const conclude = (place: number, target: Target, result: TargetResult) => {
      deeds.push(this.eventFor(place));
      this.conclude(place, target, result);
    };
    const { steps } = this.definition;
    if (steps === undefined) await forEachLimit(found, AT_ONCE, (one) => this.run(one, conclude));
    else {
      await runPhases(found, steps, this.input, {
        attempt: (place, work) => this.attempt(place, work),
        markSent: (some) => this.markSent(some),
        onSending: (place) => this.host.onSending(this.eventFor(place)),
        notSent: (place, failed) => this.notSent(place, failed),
        conclude,
      });
    }
    await this.progress.save().catch((error) => this.failSave(error));
    if (deeds.length > 0) this.host.onActed(deeds);
  }

  /** The node at its turn: it may be another one by then, or gone. */
  private find(place: number): { place: number; target: Target } | null {
    try {
      return { place, target: this.host.target(this.progress.target(place).node) };
    } catch (error) {
      if (asNamedError(error)?.name !== "NotFoundError") throw error;
      this.progress.set(place, { state: "skipped", detail: "no longer configured", dueMs: null });
      return null;
    }
  }

  private async run(
    { place, target }: { place: number; target: Target },
    conclude: (place: number, target: Target, result: TargetResult) => void,
  ): Promise<void> {
    if ((await this.markSent([{ index: place }])).length === 0) return;
    const done = await this.attempt(place, (context) => this.definition.run(target, this.input, context));
    const { before, after } = this.progress.target(place);
    conclude(place, target, done.ok ? done.value : { verified: false, detail: done.detail, before, after });
  }

  /** Those of `some` that may be sent to now; on disk it says so already. */
  private async markSent<Target extends Pick<Prepared, "index">>(some: readonly Target[]): Promise<Target[]> {
    if (this.progress.state !== "running") return [];
    const going = some.filter(({ index: place }) => this.progress.target(place).state === "pending");
    const sentMs = this.host.nowMs();
    const planned = new Map(going.map(({ index: place }) => [place, this.progress.target(place).dueMs]));
    for (const { index: place } of going) this.progress.set(place, { state: "sent", sentMs, dueMs: null });
    try {
      await this.progress.save();
    } catch (error) {
      for (const [place, dueMs] of planned) {
        const ended =
          this.cancelled === null ? null : { state: "cancelled" as const, detail: this.cancelled };
        this.progress.set(place, { state: "pending", sentMs: null, dueMs, ...ended });
      }
      this.failSave(error);
      return [];
    }
    this.lastSentMs = sentMs;
    return going;
  }

  /** Without a row on disk nothing is sent; it goes on when somebody resumes it. */
  private failSave(error: unknown): void {
    const known = asNamedError(error);
    if (known === null) this.host.onDefect(error);
    this.pauseInternally(
      `nothing more is sent, for it cannot be kept: ${known?.message ?? "Memfleet failed"}`,
    );
  }

  private notSent(place: number, failed: Extract<BoundedResult<unknown>, { ok: false }>): void {
    if (this.progress.target(place).state !== "pending") return;
    const state = failed.impossible ? "skipped" : "failed";
    this.progress.set(place, { state, detail: `not sent: ${failed.detail}`, dueMs: null });
  }

  private conclude(place: number, target: Target, result: TargetResult): void {
    const { verified, detail, before, after, rows } = result;
    const state = verified ? "verified" : "failed";
    this.progress.set(place, { state, detail, before, after, ...(rows && { rows: [...rows] }) });
    if (!verified || this.definition.watch === undefined) return;
    const others = this.pace.waitForHitRatio !== null && this.pending().length > 0;
    this.watch.add(place, target, result, others ? this.pace : ALL_AT_ONCE);
  }

  private attempt<Value>(
    place: number,
    work: (context: RunContext) => Promise<Value>,
  ): Promise<BoundedResult<Value>> {
    return runBounded(
      {
        deadlineMs: this.definition.deadlineMs(this.input),
        signal: this.ending.signal,
        multiNode: this.progress.all().length > 1,
        nowMs: this.host.nowMs,
        onDefect: this.host.onDefect,
        progress: (after, detail) => this.progress.set(place, { after, ...(detail && { detail }) }),
      },
      work,
    );
  }

  private eventFor(place: number): ActionEvent {
    const { id, kind, actor } = this.progress.action();
    const { node, sentMs } = this.progress.target(place);
    return { node, kind, actor, action: id, atMs: sentMs ?? this.host.nowMs() };
  }

  private async finish(): Promise<void> {
    const targets = this.progress.all();
    const complete = targets.every(({ state }) => state === "verified");
    const state: EndState = this.cancelled !== null ? "cancelled" : complete ? "done" : "failed";
    const { detail, audit } = outcomeSummary(targets, this.cancelled);
    const endedMs = this.host.nowMs();
    const watchedUntilMs = this.watch.untilMs;
    try {
      await this.progress.end({ state, detail, endedMs, watchedUntilMs }, audit);
    } catch (error) {
      this.host.onDefect(error);
    }
  }

  private async follow(): Promise<void> {
    await this.watch.ended();
    const { untilMs } = this.watch;
    if (untilMs === null) return;
    // Memfleet stops, and nobody watches to the end.
    this.progress.update({ watchedUntilMs: Math.min(untilMs, this.host.nowMs()) });
    try {
      await this.progress.save();
    } catch (error) {
      this.host.onDefect(error);
    }
  }
}
