/** Longer keys are unusual and not remembered. */
const MAX_KEY = 4_096;

/**
 * One object for all that are alike. Bounded, because what is alike is decided by the nodes: what comes after the
 * limit is not shared.
 */
export class InternPool<T> {
  private readonly entries = new Map<string, T>();

  constructor(private readonly limit: number) {}

  /** The object known under `key`, else what `make` gives. */
  get(key: string, make: () => T): T {
    const shared = this.entries.get(key);
    if (shared !== undefined) return shared;
    const made = make();
    if (this.entries.size < this.limit && key.length <= MAX_KEY) this.entries.set(key, made);
    return made;
  }
}
