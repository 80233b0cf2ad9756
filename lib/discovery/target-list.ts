import { type DiscoveredTarget, MOST_TARGETS } from "./contract";

/** Entries that cannot be used are counted; so many are named. */
const NAMED = 3;

/** Gathers the nodes of one answer, each once, and what of it cannot be used. Bounded. */
export class TargetList {
  readonly #targets = new Map<string, DiscoveredTarget>();
  readonly #named: string[] = [];
  #refused = 0;
  #skipped = 0;

  /** Whether no more nodes are taken. */
  get full(): boolean {
    return this.#targets.size >= MOST_TARGETS;
  }

  /** The first of two entries for one node counts. */
  add(target: DiscoveredTarget): void {
    if (this.#targets.has(target.id)) return;
    if (this.full) this.#skipped++;
    else this.#targets.set(target.id, target);
  }

  /** Notes an entry that cannot be used; `why` names it. */
  refuse(why: string): void {
    this.#refused++;
    if (this.#named.length < NAMED) this.#named.push(why);
  }

  /** Notes entries that were not looked at, because the list is full. */
  skip(count: number): void {
    this.#skipped += count;
  }

  get targets(): readonly DiscoveredTarget[] {
    return [...this.#targets.values()];
  }

  /** At most two sentences. */
  get faults(): readonly string[] {
    const faults: string[] = [];
    if (this.#refused > 0) {
      const more = this.#refused > this.#named.length ? "; …" : "";
      faults.push(`${this.#refused} not usable: ${this.#named.join("; ")}${more}`);
    }
    if (this.#skipped > 0) faults.push(`${this.#skipped} beyond the first ${MOST_TARGETS} not taken`);
    return faults;
  }
}
