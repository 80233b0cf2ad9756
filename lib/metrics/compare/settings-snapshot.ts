/** Compact storage of node settings: with thousands of nodes nearly all are equal. */
import { OWN_SETTINGS } from "@/lib/model/compare";
import { InternPool } from "@/lib/model/intern-pool";
import { type Entries, firstOfEach } from "../stats-entries";
import type { ReportedValues } from "./compare";

/** Bounds that no real server exceeds; anything beyond is dropped. */
const MAX_SETTINGS = 512;
const MAX_CHARACTERS = 1_024;

/** No settings. */
export const NO_SETTINGS: SettingsSnapshot = { shared: new Map(), own: [] };

export interface SettingsSnapshot {
  /** One object for all nodes with equal settings. Must not be modified. */
  readonly shared: ReportedValues;
  /** Settings specific to the node, such as its port. */
  readonly own: Entries;
}

const snapshots = new InternPool<ReportedValues>(1_024);

/** The snapshot of a reply to `stats settings`. */
export function settingsSnapshot(entries: Entries): SettingsSnapshot {
  const bounded = entries
    .slice(0, MAX_SETTINGS)
    .filter(([name, value]) => name.length + value.length <= MAX_CHARACTERS);
  const own = bounded.filter(([name]) => OWN_SETTINGS.has(name));
  const common = bounded.filter(([name]) => !OWN_SETTINGS.has(name));
  return { shared: snapshots.get(keyOf(common), () => firstOfEach(common)), own: [...firstOfEach(own)] };
}

/** A unique key. Lengths separate the parts, because binary servers may send any character. */
function keyOf(entries: Entries): string {
  let key = "";
  for (const [name, value] of entries) key += `${name.length} ${value.length} ${name}${value}`;
  return key;
}

/** All settings by name; null for an empty snapshot. */
export function reportedSettings({ shared, own }: SettingsSnapshot): ReportedValues | null {
  return shared.size + own.length === 0 ? null : new Map([...shared, ...own]);
}
