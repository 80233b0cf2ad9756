/**
 * How far an action is: what is shown of it, and what of that is not on disk yet.
 *
 * Invariant: once `keep` has resolved, everything that was set before it was called is on disk. Writes that come
 * together are one transaction.
 */
import type { Action, ActionTarget } from "@/lib/model/actions/action.schema";
import type { ActionProgress, ActionRecords } from "@/lib/records/actions";

export type EndState = "done" | "failed" | "cancelled";

export class Progress {
  private readonly targets: ActionTarget[];
  private shown: ActionProgress = { state: "running", detail: null, endedMs: null, watchedUntilMs: null };
  private readonly unsaved = new Set<number>();
  private writing: Promise<void> = Promise.resolve();
  private queued: Promise<void> | null = null;

  constructor(
    private readonly initial: Action,
    private readonly log: ActionRecords,
    /** Told of the places of targets that changed; of none when the action itself did. */
    private readonly onChange: (places: readonly number[]) => void,
  ) {
    this.targets = [...initial.targets];
  }

  get id(): number {
    return Number(this.initial.id);
  }

  get state(): Action["state"] {
    return this.shown.state;
  }

  action(): Action {
    return { ...this.initial, ...this.shown, targets: [...this.targets] };
  }

  /** The targets in their order. */
  all(): readonly ActionTarget[] {
    return this.targets;
  }

  target(place: number): ActionTarget {
    const target = this.targets[place];
    if (target === undefined) throw new RangeError(`action ${this.initial.id} has no target ${place}`);
    return target;
  }

  set(place: number, change: Partial<ActionTarget>): void {
    this.targets[place] = { ...this.target(place), ...change };
    this.unsaved.add(place);
    this.onChange([place]);
  }

  update(change: Partial<ActionProgress>): void {
    this.shown = { ...this.shown, ...change };
    this.onChange([]);
  }

  /** Rejects when it cannot be kept; it is tried again together with the next change. */
  save(): Promise<void> {
    this.queued ??= this.afterWriting(() => {
      this.queued = null;
      return this.write((targets) => this.log.save(this.id, this.shown, targets));
    });
    return this.queued;
  }

  /** Shows the end once it is on disk, or cannot be: whoever sees an action ended finds it in the audit. */
  async end(ending: ActionProgress & { readonly state: EndState }, detail: string): Promise<void> {
    try {
      await this.afterWriting(() => this.write((targets) => this.log.end(this.id, ending, targets, detail)));
    } finally {
      this.update(ending);
    }
  }

  private afterWriting(write: () => Promise<void>): Promise<void> {
    const next = this.writing.then(write, write);
    this.writing = next;
    return next;
  }

  private async write(keep: (targets: ReadonlyMap<number, ActionTarget>) => Promise<void>): Promise<void> {
    const places = [...this.unsaved];
    this.unsaved.clear();
    try {
      await keep(new Map(places.map((place) => [place, this.target(place)])));
    } catch (error) {
      for (const place of places) this.unsaved.add(place);
      throw error;
    }
  }
}
