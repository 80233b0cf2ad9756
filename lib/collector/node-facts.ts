/** What the slower stats groups tell about a node: asked at first contact, then at most once a minute. */
import { type FlushTimes, flushTimes } from "@/lib/metrics/flush";
import { SETTINGS } from "@/lib/model/settings";

export interface NodeFacts {
  /** `oldest` of `stats settings`; NaN when not reported. */
  readonly oldest: number;
  /** `maxconns` of `stats settings`: 1.4 has no `max_connections` in `stats`. NaN when not reported. */
  readonly maxconns: number;
  /** `stats settings` by name, the known ones; null before they were told. */
  readonly settings: ReadonlyMap<string, string> | null;
  /** `lru_maintainer_thread` of `stats settings`; null when not reported. */
  readonly lruMaintainer: boolean | null;
  /** Smallest `evicted_time` of the slab classes that have evicted, seconds; NaN when none has. */
  readonly evictedAgeSeconds: number;
}

export const NO_FACTS: NodeFacts = {
  oldest: Number.NaN,
  maxconns: Number.NaN,
  settings: null,
  lruMaintainer: null,
  evictedAgeSeconds: Number.NaN,
};

type Entries = ReadonlyArray<readonly [string, string]>;

/** Facts from `stats settings`. */
export function settingsFacts(entries: Entries): Omit<NodeFacts, "evictedAgeSeconds"> {
  let { oldest, maxconns, lruMaintainer } = NO_FACTS;
  for (const [name, value] of entries) {
    if (name === "oldest") oldest = Number.parseInt(value, 10);
    else if (name === "maxconns") maxconns = Number.parseInt(value, 10);
    else if (name === "lru_maintainer_thread") lruMaintainer = value === "yes";
  }
  return { oldest, maxconns, lruMaintainer, settings: knownSettings(entries) };
}

/** Names as the catalogue has them, so that a thousand nodes share them; of others a hostile node has no end. */
const NAMES: ReadonlyMap<string, string> = new Map([...SETTINGS.keys()].map((name) => [name, name]));

function knownSettings(entries: Entries): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  for (const [name, value] of entries) {
    const known = NAMES.get(name);
    if (known !== undefined && !settings.has(known)) settings.set(known, value.slice(0, LONGEST));
  }
  return settings;
}

/** Characters of a setting that are kept; paths among them may be longer. */
const LONGEST = 200;

/** Facts from `stats items`. */
export function itemsFacts(entries: Entries): Pick<NodeFacts, "evictedAgeSeconds"> {
  const evicted = new Map<string, number>();
  let age = Number.NaN;
  for (const [name, value] of entries) {
    const [, slabClass, stat] = name.split(":");
    if (slabClass === undefined) continue;
    if (stat === "evicted") evicted.set(slabClass, Number.parseInt(value, 10));
    if (stat === "evicted_time" && (evicted.get(slabClass) ?? 0) > 0) {
      const seconds = Number.parseInt(value, 10);
      if (!(seconds >= age)) age = seconds;
    }
  }
  return { evictedAgeSeconds: age };
}

/** Flush times from the facts and the sample of the same moment. */
export function factsFlushTimes(facts: NodeFacts, timeSeconds: number, uptimeSeconds: number): FlushTimes {
  return flushTimes(facts.oldest, timeSeconds, uptimeSeconds);
}
