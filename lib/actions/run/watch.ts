/** What becomes of nodes after an action: asked a few times in the minute after, and for as long as others wait. */

import { forEachLimit } from "@/lib/concurrency/for-each-limit";
import type { ActionKind } from "@/lib/model/actions/action";
import type { Figures } from "@/lib/model/actions/action.schema";
import type { ActionDefinition, Pace, RunContext, Target, TargetResult } from "../contract";
import { AT_ONCE } from "../preflight";
import type { Progress } from "./progress";
import type { BoundedResult } from "./run-bounded";

/** In milliseconds. */
export interface WatchTimes {
  readonly forMs: number;
  readonly firstMs: number;
  readonly everyMs: number;
}

export const WATCH_TIMES: WatchTimes = { forMs: 60_000, firstMs: 2_000, everyMs: 5_000 };

export interface WatchHost {
  readonly times: WatchTimes;
  readonly nowMs: () => number;
  attempt<Value>(place: number, work: (context: RunContext) => Promise<Value>): Promise<BoundedResult<Value>>;
  /** Others wait for a node now, in words; null: they wait no longer. */
  onWaiting(detail: string | null): void;
  /** It took longer than it may. */
  onWaitedTooLong(detail: string): void;
}

interface Watched {
  readonly target: Target;
  readonly untilMs: number;
  result: TargetResult;
}

/** Others wait until this node has at least this hit ratio. */
interface Wait {
  readonly index: number;
  readonly hitRatio: number;
  readonly untilMs: number;
  readonly detail: string;
}

export class Watch<Kind extends ActionKind> {
  /** Until when `after` is refreshed; null: nothing was watched. */
  untilMs: number | null = null;
  private readonly watched = new Map<number, Watched>();
  private wait: Wait | null = null;
  private running: Promise<void> | null = null;
  private closed = false;
  private wake: () => void = () => {};

  constructor(
    private readonly definition: ActionDefinition<Kind>,
    private readonly progress: Progress,
    private readonly host: WatchHost,
  ) {}

  /** What others wait for, in words; null: for nothing. */
  get waiting(): string | null {
    return this.wait?.detail ?? null;
  }

  /** Watches a node that was acted on; others may have to wait for it. */
  add(place: number, target: Target, result: TargetResult, pace: Pace): void {
    if (this.closed) return;
    const untilMs = this.host.nowMs() + this.host.times.forMs;
    this.watched.set(place, { target, untilMs, result });
    this.untilMs = untilMs;
    this.progress.update({ watchedUntilMs: untilMs });
    if (pace.waitForHitRatio !== null) this.waitFor(place, target, result, pace.waitForHitRatio, pace);
    this.running ??= this.loop().finally(() => {
      this.running = null;
    });
  }

  stopWaiting(): void {
    this.wait = null;
  }

  /** Resolves when nothing is watched any longer. */
  async ended(): Promise<void> {
    while (this.running !== null) await this.running;
  }

  close(): void {
    this.closed = true;
    this.wake();
  }

  private waitFor(
    place: number,
    target: Target,
    { before, detail }: TargetResult,
    share: number,
    pace: Pace,
  ): void {
    const ratio = before?.hitRatio ?? null;
    if (ratio === null) {
      const note = `${detail}; no hit ratio was known before, so the next node does not wait for it`;
      this.progress.set(place, { detail: note });
      return;
    }
    const hitRatio = ratio * share;
    const wanted = `the next node waits until ${target.id} has a hit ratio of ${percent(hitRatio)} again`;
    const untilMs = this.host.nowMs() + pace.waitAtMostSeconds * 1000;
    this.wait = { index: place, hitRatio, untilMs, detail: wanted };
    this.host.onWaiting(wanted);
  }

  private async loop(): Promise<void> {
    const { firstMs, everyMs } = this.host.times;
    for (let restMs = firstMs; !this.closed && this.watched.size > 0; restMs = everyMs) {
      await this.rest(restMs);
      if (this.closed) return;
      await forEachLimit([...this.watched], AT_ONCE, ([place, watched]) => this.ask(place, watched));
    }
  }

  private async ask(place: number, watched: Watched): Promise<void> {
    const { definition } = this;
    const seen = await this.host.attempt(
      place,
      async (context) => (await definition.watch?.(watched.target, watched.result, context)) ?? null,
    );
    const after = seen.ok ? seen.value : null;
    if (after !== null && !this.closed) {
      watched.result = { ...watched.result, after };
      this.progress.set(place, { after });
    }
    const nowMs = this.host.nowMs();
    if (this.wait?.index === place) this.judge(this.wait, watched.target, after, nowMs);
    if (nowMs >= watched.untilMs && this.wait?.index !== place) this.watched.delete(place);
  }

  private judge(wait: Wait, target: Target, after: Figures | null, nowMs: number): void {
    const ratio = after?.hitRatio ?? null;
    if (ratio !== null && ratio >= wait.hitRatio) {
      this.wait = null;
      this.host.onWaiting(null);
    } else if (nowMs >= wait.untilMs) {
      this.wait = null;
      const seen = ratio === null ? "not known" : percent(ratio);
      this.host.onWaitedTooLong(
        `the hit ratio of ${target.id} is ${seen}; ${percent(wait.hitRatio)} was waited for long enough`,
      );
    }
  }

  private rest(ms: number): Promise<void> {
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
  return `${Math.round(ratio * 1_000) / 10} %`;
}
