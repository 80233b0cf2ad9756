/** Settings that are not the same on every node of a pool. Pure. */

import { SETTINGS } from "@/lib/catalogue/settings";
import { OWN_SETTINGS } from "@/lib/model/compare";
import type { Drift } from "@/lib/model/compare.schema";
import { majorityOf, type ReportedValues } from "./compare";

/** Nodes listed in each group. */
const MAX_LISTED = 20;

interface SettingValues {
  readonly node: string;
  /** Nodes with the same settings may share one map: those are compared once. */
  readonly settings: ReportedValues;
}

interface SettingsGroup {
  readonly settings: ReportedValues;
  readonly nodes: string[];
}

/**
 * Settings that differ, except those that are specific to a node; those with the fewest outliers first, then by name.
 * Largest group first. The cost depends on how many different sets of settings there are, not on the number of nodes.
 */
export function inconsistencies(nodes: readonly SettingValues[]): Drift["settings"] {
  const bySettings = new Map<ReportedValues, SettingsGroup>();
  for (const { node, settings } of nodes) {
    const group = bySettings.get(settings);
    if (group === undefined) bySettings.set(settings, { settings, nodes: [node] });
    else group.nodes.push(node);
  }
  const all = [...bySettings.values()];
  const names = new Set(all.flatMap(({ settings }) => [...settings.keys()]));
  return [...names]
    .filter((name) => !OWN_SETTINGS.has(name))
    .flatMap((name) => settingGroups(name, all) ?? [])
    .sort((a, b) => outliers(a) - outliers(b) || (a.name < b.name ? -1 : 1));
}

function settingGroups(name: string, all: readonly SettingsGroup[]): Drift["settings"][number] | null {
  const groups = new Map<string | null, { count: number; nodes: string[] }>();
  for (const { settings, nodes } of all) {
    const value = settings.get(name) ?? null;
    const group = groups.get(value) ?? { count: 0, nodes: [] };
    group.count += nodes.length;
    if (group.nodes.length < MAX_LISTED) group.nodes.push(...nodes.slice(0, MAX_LISTED - group.nodes.length));
    groups.set(value, group);
  }
  if (groups.size < 2) return null;
  const leader = majorityOf(new Map([...groups].map(([value, { count }]) => [value, count])));
  const meaning = SETTINGS.get(name);
  return {
    name,
    meaning: meaning === undefined ? null : { en: meaning.en, ja: meaning.ja },
    majority: leader?.value ?? null,
    tied: leader === null,
    groups: [...groups]
      .map(([value, group]) => ({ value, ...group }))
      .sort((a, b) => b.count - a.count || ((a.value ?? "") < (b.value ?? "") ? -1 : 1)),
  };
}

/** Nodes outside the largest group. */
function outliers({ groups }: Drift["settings"][number]): number {
  return groups.slice(1).reduce((sum, { count }) => sum + count, 0);
}
