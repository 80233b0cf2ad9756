/** Nodes after an action: read a few times in the minute after, and for as long as the next node waits for one. */
import { forEachLimit } from "@/lib/concurrency/for-each-limit";
import type { ActionKind } from "@/lib/model/actions/action";
import type { Measurements } from "@/lib/model/actions/action.schema";
import type { AnyActionDefinition, Pace, Target, TargetResult } from "../contract";
import { AT_ONCE } from "../preflight";
import type { RunTargets } from "./run-targets";

/** In milliseconds. */
export interface WatchTimes {
  readonly forMs: number;
  readonly firstMs: number;
  readonly everyMs: number;
}

export const WATCH_TIMES: WatchTimes = { forMs: 60_000, firstMs: 2_000, everyMs: 5_000 };

interface WatchedNode {
  readonly index: number;
  readonly target: Target;
  readonly untilMs: number;
  result: TargetResult;
}

/** The next node waits until this one has at least this hit ratio. */
interface Recovery {
  readonly index: number;
  readonly hitRatio: number;
  readonly untilMs: number;
  readonly detail: string;
}

export class Watch<Kind extends ActionKind> {
  /** Until when `after` is refreshed; null: nothing was watched. */
  untilMs: number | null = null;
  private readonly nodes = new Map<number, WatchedNode>();
  private recovery: Recovery | null = null;
  private running: Promise<void> | null = null;
  private closed = false;
  private wake: () => void = () => {};

  constructor(
    private readonly definition: AnyActionDefinition<Kind>,
    private readonly targets: RunTargets,
    private readonly times: WatchTimes,
    /** Called when the next node waits no longer, or the action has paused instead. */
    private readonly onRecovery: () => void,
  ) {}

  /** What the next node waits for, in English; null: nothing. */
  get waitingFor(): string | null {
    return this.recovery?.detail ?? null;
  }

  /** Watches a node that was acted on. `pace`: the next node may have to wait for this one; null: none is next. */
  add(index: number, target: Target, result: TargetResult, pace: Pace | null): void {
    if (this.closed) return;
    const untilMs = this.targets.nowMs() + this.times.forMs;
    this.nodes.set(index, { index, target, untilMs, result });
    this.untilMs = untilMs;
    this.targets.update({ watchedUntilMs: untilMs });
    if (pace !== null) this.awaitRecovery(index, target, result, pace);
    this.running ??= this.loop().finally(() => {
      this.running = null;
    });
  }

  stopWaiting(): void {
    this.recovery = null;
  }

  /** Resolves when nothing is watched any longer. */
  async ended(): Promise<void> {
    while (this.running !== null) await this.running;
  }

  close(): void {
    this.closed = true;
    this.wake();
  }

  private awaitRecovery(index: number, { id }: Target, { before, detail }: TargetResult, pace: Pace): void {
    if (pace.waitForHitRatio === null) return;
    const earlier = before?.hitRatio ?? null;
    if (earlier === null) {
      const note = `${detail}; its hit ratio before is unknown, so the next node does not wait for it`;
      this.targets.set(index, { detail: note });
      return;
    }
    const hitRatio = earlier * pace.waitForHitRatio;
    const untilMs = this.targets.nowMs() + pace.waitAtMostSeconds * 1000;
    const waiting = `waiting until the hit ratio of ${id} is back to ${percent(hitRatio)}`;
    this.recovery = { index, hitRatio, untilMs, detail: waiting };
    this.showWaiting();
  }

  private showWaiting(): void {
    if (this.targets.running) this.targets.update({ detail: this.waitingFor });
  }

  private async loop(): Promise<void> {
    const { firstMs, everyMs } = this.times;
    for (let waitMs = firstMs; !this.closed && this.nodes.size > 0; waitMs = everyMs) {
      await this.sleep(waitMs);
      if (this.closed) return;
      await forEachLimit([...this.nodes.values()], AT_ONCE, (node) => this.read(node));
    }
  }

  private async read(node: WatchedNode): Promise<void> {
    const { index, target } = node;
    const reading = await this.targets.attempt(
      index,
      async (context) => (await this.definition.watch?.(target, node.result, context)) ?? null,
    );
    const after = reading.ok ? reading.value : null;
    if (after !== null && !this.closed) {
      node.result = { ...node.result, after };
      this.targets.set(index, { after });
    }
    const nowMs = this.targets.nowMs();
    if (this.recovery?.index === index) this.checkRecovery(this.recovery, target, after, nowMs);
    if (nowMs >= node.untilMs && this.recovery?.index !== index) this.nodes.delete(index);
  }

  private checkRecovery(recovery: Recovery, { id }: Target, after: Measurements | null, nowMs: number): void {
    const hitRatio = after?.hitRatio ?? null;
    const recovered = hitRatio !== null && hitRatio >= recovery.hitRatio;
    if (!recovered && nowMs < recovery.untilMs) return;
    this.recovery = null;
    if (recovered) this.showWaiting();
    else {
      const now = hitRatio === null ? "unknown" : percent(hitRatio);
      const detail = `hit ratio of ${id} is ${now}, and did not recover to ${percent(recovery.hitRatio)} in time`;
      this.targets.pause(`paused: ${detail}`);
    }
    this.onRecovery();
  }

  private sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function percent(ratio: number): string {
  return `${Math.round(ratio * 1_000) / 10}%`;
}
