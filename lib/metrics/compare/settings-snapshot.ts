/** The settings of a node as they are kept: thousands of nodes have them, and nearly all are alike. */
import { OWN_SETTINGS } from "@/lib/model/compare";
import { InternPool } from "@/lib/model/intern-pool";
import type { ReportedValues } from "./compare";

type Entries = ReadonlyArray<readonly [name: string, value: string]>;

/** More settings, or longer ones, than any server has are not kept. */
const MOST_SETTINGS = 512;
const MOST_CHARACTERS = 1_024;

/** Nothing is known. */
export const NO_SETTINGS: SettingsSnapshot = { shared: new Map(), own: [] };

export interface SettingsSnapshot {
  /** One object for all nodes that say the same: it must not be changed. */
  readonly shared: ReportedValues;
  /** What is each node's own, such as its port. */
  readonly own: Entries;
}

const shared = new InternPool<ReportedValues>(1_024);

/** What is kept of a reply to `stats settings`. Of a name that comes twice the first counts, as 1.4 means it. */
export function settingsSnapshot(entries: Entries): SettingsSnapshot {
  const kept = entries
    .slice(0, MOST_SETTINGS)
    .filter(([name, value]) => name.length + value.length <= MOST_CHARACTERS);
  const own = kept.filter(([name]) => OWN_SETTINGS.has(name));
  const said = kept.filter(([name]) => !OWN_SETTINGS.has(name));
  return { shared: shared.get(keyOf(said), () => firstOfEach(said)), own: [...firstOfEach(own)] };
}

/** Another text for other entries: binary servers may say any character, so that none can separate. */
function keyOf(entries: Entries): string {
  let key = "";
  for (const [name, value] of entries) key += `${name.length} ${value.length} ${name}${value}`;
  return key;
}

function firstOfEach(entries: Entries): ReportedValues {
  const first = new Map<string, string>();
  for (const [name, value] of entries) if (!first.has(name)) first.set(name, value);
  return first;
}

/** All of it by name; null when nothing is known. */
export function reportedSettings({ shared: said, own }: SettingsSnapshot): ReportedValues | null {
  return said.size + own.length === 0 ? null : new Map([...said, ...own]);
}
