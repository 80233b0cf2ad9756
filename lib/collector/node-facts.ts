/**
 * What the slower stats groups tell about a node: asked at first contact, then at most once a minute. Thousands of
 * nodes have facts, so no reply is kept: only numbers, with what is alike shared between nodes.
 */
import {
  NO_SETTINGS,
  type SettingsSnapshot,
  settingsSnapshot,
} from "@/lib/metrics/compare/settings-snapshot";
import { type FlushTimes, flushTimes } from "@/lib/metrics/flush";
import { type ClassMetrics, classMetrics, NO_CLASSES } from "@/lib/metrics/prometheus/class-figures";
import { CLASS_COLUMNS, GROUP_COLUMNS } from "@/lib/metrics/prometheus/columns";
import { type Entries, numberOf } from "@/lib/metrics/prometheus/entries";
import { groupMetrics, NO_METRICS } from "@/lib/metrics/prometheus/group-figures";

export interface NodeFacts {
  /** `oldest` of `stats settings`; NaN when not reported. */
  readonly oldest: number;
  /** `maxconns` of `stats settings`: 1.4 has no `max_connections` in `stats`. NaN when not reported. */
  readonly maxconns: number;
  /** `lru_maintainer_thread` of `stats settings`; null when not reported. */
  readonly lruMaintainer: boolean | null;
  /** Smallest `evicted_time` of the slab classes that have evicted, seconds; NaN when none has. */
  readonly evictedAgeSeconds: number;
  /** Figures of `stats settings` and plain figures of `stats slabs`, as `GROUP_COLUMNS` has them. Shared. */
  readonly settings: Float64Array;
  readonly slabTotals: Float64Array;
  /** `stats settings` as the node said them, for comparing. */
  readonly profile: SettingsSnapshot;
  /** Per slab class, of `stats items` and `stats slabs`. */
  readonly items: ClassMetrics;
  readonly slabs: ClassMetrics;
}

export const NO_FACTS: NodeFacts = {
  oldest: Number.NaN,
  maxconns: Number.NaN,
  lruMaintainer: null,
  evictedAgeSeconds: Number.NaN,
  settings: NO_METRICS,
  slabTotals: NO_METRICS,
  profile: NO_SETTINGS,
  items: NO_CLASSES,
  slabs: NO_CLASSES,
};

const MAXCONNS = GROUP_COLUMNS.settings.get("maxconns") ?? -1;
const EVICTED = CLASS_COLUMNS.items.get("evicted") ?? -1;
const EVICTED_TIME = CLASS_COLUMNS.items.get("evicted_time") ?? -1;

/** Facts from `stats settings`. */
export function settingsFacts(
  entries: Entries,
): Pick<NodeFacts, "oldest" | "maxconns" | "lruMaintainer" | "settings" | "profile"> {
  const settings = groupMetrics("settings", entries);
  const [, oldest = ""] = entries.find(([name]) => name === "oldest") ?? [];
  const [, maintainer] = entries.find(([name]) => name === "lru_maintainer_thread") ?? [];
  return {
    oldest: numberOf(oldest),
    maxconns: settings[MAXCONNS] ?? Number.NaN,
    lruMaintainer: maintainer === undefined ? null : maintainer === "yes",
    settings,
    profile: settingsSnapshot(entries),
  };
}

/** Facts from `stats items`. */
export function itemsFacts(entries: Entries): Pick<NodeFacts, "evictedAgeSeconds" | "items"> {
  const items = classMetrics("items", entries);
  let age = Number.NaN;
  for (let index = 0; index < items.classes.length; index++) {
    const seconds = items.at(index, EVICTED_TIME);
    if (items.at(index, EVICTED) > 0 && !(seconds >= age)) age = seconds;
  }
  return { evictedAgeSeconds: age, items };
}

/** Facts from `stats slabs`. */
export function slabsFacts(entries: Entries): Pick<NodeFacts, "slabs" | "slabTotals"> {
  return { slabs: classMetrics("slabs", entries), slabTotals: groupMetrics("slabs", entries) };
}

/** Flush times from the facts and the sample of the same moment. */
export function factsFlushTimes(facts: NodeFacts, timeSeconds: number, uptimeSeconds: number): FlushTimes {
  return flushTimes(facts.oldest, timeSeconds, uptimeSeconds);
}
