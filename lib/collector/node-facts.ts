/**
 * Data of a node from the slower stats groups, read at first contact and then at most once a minute. With thousands of
 * nodes no reply is stored: only numbers, and equal values are shared between nodes.
 */
import {
  NO_SETTINGS,
  type SettingsSnapshot,
  settingsSnapshot,
} from "@/lib/metrics/compare/settings-snapshot";
import { plausibleLevel } from "@/lib/metrics/plausible";
import { type ClassStats, classStats, NO_CLASSES } from "@/lib/metrics/prometheus/class-stats";
import { CLASS_COLUMNS, GROUP_COLUMNS } from "@/lib/metrics/prometheus/columns";
import { groupStats, NO_STATS } from "@/lib/metrics/prometheus/group-stats";
import { type Entries, numberOf } from "@/lib/metrics/stats-entries";

export interface NodeFacts {
  /** `oldest` of `stats settings`; NaN when not reported. */
  readonly oldest: number;
  /** `maxconns` of `stats settings`: 1.4 has no `max_connections` in `stats`. NaN when not reported. */
  readonly maxconns: number;
  /** `lru_maintainer_thread` of `stats settings`; null when not reported. */
  readonly lruMaintainer: boolean | null;
  /** Smallest `evicted_time` of the slab classes that have evicted, seconds; NaN when none has. */
  readonly evictedAgeSeconds: number;
  /** Numbers of `stats settings` and those of `stats slabs` without a class, in `GROUP_COLUMNS` order. Shared. */
  readonly settings: Float64Array;
  readonly slabTotals: Float64Array;
  /** `stats settings` as reported, for comparison. */
  readonly profile: SettingsSnapshot;
  /** Per slab class, of `stats items` and `stats slabs`. */
  readonly items: ClassStats;
  readonly slabs: ClassStats;
}

export const NO_FACTS: NodeFacts = {
  oldest: Number.NaN,
  maxconns: Number.NaN,
  lruMaintainer: null,
  evictedAgeSeconds: Number.NaN,
  settings: NO_STATS,
  slabTotals: NO_STATS,
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
  const settings = groupStats("settings", entries);
  const [, oldest = ""] = entries.find(([name]) => name === "oldest") ?? [];
  const [, maintainer] = entries.find(([name]) => name === "lru_maintainer_thread") ?? [];
  return {
    oldest: plausibleLevel("oldest", numberOf(oldest)),
    maxconns: settings[MAXCONNS] ?? Number.NaN,
    lruMaintainer: maintainer === undefined ? null : maintainer === "yes",
    settings,
    profile: settingsSnapshot(entries),
  };
}

/** Facts from `stats items`. */
export function itemsFacts(entries: Entries): Pick<NodeFacts, "evictedAgeSeconds" | "items"> {
  const items = classStats("items", entries);
  let age = Number.NaN;
  for (let index = 0; index < items.classes.length; index++) {
    const seconds = items.at(index, EVICTED_TIME);
    if (items.at(index, EVICTED) > 0 && !(seconds >= age)) age = seconds;
  }
  return { evictedAgeSeconds: age, items };
}

/** Facts from `stats slabs`. */
export function slabsFacts(entries: Entries): Pick<NodeFacts, "slabs" | "slabTotals"> {
  return { slabs: classStats("slabs", entries), slabTotals: groupStats("slabs", entries) };
}
