/** Settings that are not the same on every node of a pool. Pure. */

import { SETTINGS } from "@/lib/catalogue/settings";
import { OWN_SETTINGS } from "@/lib/model/compare";
import type { Drift } from "@/lib/model/compare.schema";
import { majorityOf, type ReportedValues } from "./compare";

/** Nodes named in each group. */
const NAMED = 20;

export interface SettingValues {
  readonly node: string;
  /** Nodes with the same settings may share one map: then they are looked at together. */
  readonly settings: ReportedValues;
}

interface Kind {
  readonly settings: ReportedValues;
  readonly nodes: string[];
}

/**
 * What differs, without what is each node's own; the settings with the fewest strangers first, then by name. Groups
 * come with the largest first. Thousands of nodes cost as much as there are different settings among them.
 */
export function inconsistencies(nodes: readonly SettingValues[]): Drift["settings"] {
  const kinds = new Map<ReportedValues, Kind>();
  for (const { node, settings } of nodes) {
    const kind = kinds.get(settings);
    if (kind === undefined) kinds.set(settings, { settings, nodes: [node] });
    else kind.nodes.push(node);
  }
  const all = [...kinds.values()];
  const names = new Set(all.flatMap(({ settings }) => [...settings.keys()]));
  return [...names]
    .filter((name) => !OWN_SETTINGS.has(name))
    .flatMap((name) => driftOfOne(name, all) ?? [])
    .sort((a, b) => strangers(a) - strangers(b) || (a.name < b.name ? -1 : 1));
}

function driftOfOne(name: string, kinds: readonly Kind[]): Drift["settings"][number] | null {
  const groups = new Map<string | null, { count: number; nodes: string[] }>();
  for (const { settings, nodes } of kinds) {
    const value = settings.get(name) ?? null;
    const group = groups.get(value) ?? { count: 0, nodes: [] };
    group.count += nodes.length;
    if (group.nodes.length < NAMED) group.nodes.push(...nodes.slice(0, NAMED - group.nodes.length));
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
function strangers({ groups }: Drift["settings"][number]): number {
  return groups.slice(1).reduce((sum, { count }) => sum + count, 0);
}
