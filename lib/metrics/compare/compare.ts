/** Compares names and values of several nodes. Pure. */

import { SETTINGS } from "@/lib/catalogue/settings";
import type { Meaning } from "@/lib/catalogue/slab-stats";
import { STATS } from "@/lib/catalogue/stats";
import { OWN_SETTINGS } from "@/lib/model/compare";
import type { ComparedName } from "@/lib/model/compare.schema";

/** Values that one node reports, by name. */
export type ReportedValues = ReadonlyMap<string, string>;

interface Majority {
  /** Null: most nodes do not report the name. */
  readonly value: string | null;
  readonly count: number;
}

/** The most frequent value; null on a tie. */
export function majorityOf(counts: ReadonlyMap<string | null, number>): Majority | null {
  let leader: Majority | null = null;
  let tied = false;
  for (const [value, count] of counts) {
    if (leader !== null && count === leader.count) tied = true;
    if (leader !== null && count <= leader.count) continue;
    leader = { value, count };
    tied = false;
  }
  return tied ? null : leader;
}

type ComparisonRow = Pick<ComparedName, "name" | "values" | "differs" | "majority">;

/**
 * Every reported name, in the order of the first node that reports it. Nodes without data (null) count neither for
 * `differs` nor for the majority; a node that lacks only this name does.
 */
export function compareReported(nodes: readonly (ReportedValues | null)[]): ComparisonRow[] {
  const names = new Set(nodes.flatMap((reported) => (reported === null ? [] : [...reported.keys()])));
  return [...names].map((name) => compareName(name, nodes));
}

function compareName(name: string, nodes: readonly (ReportedValues | null)[]): ComparisonRow {
  const counts = new Map<string | null, number>();
  const values = nodes.map((reported) => {
    if (reported === null) return null;
    const value = reported.get(name) ?? null;
    counts.set(value, (counts.get(value) ?? 0) + 1);
    return value;
  });
  return { name, values, differs: counts.size > 1, majority: majorityOf(counts) };
}

const TEXTS: ReadonlyMap<string, Meaning> = new Map([
  ["version", { en: "Version of the server", ja: "サーバーのバージョン" }],
  ["libevent", { en: "Version of libevent in use", ja: "使用している libevent のバージョン" }],
]);
const STATS_BY_NAME = new Map(STATS.map((stat) => [stat.name, stat]));

function plain(meaning: Meaning | undefined): Meaning | null {
  return meaning === undefined ? null : { en: meaning.en, ja: meaning.ja };
}

/** Entries of `stats settings` of several nodes. */
export function compareSettings(nodes: readonly (ReportedValues | null)[]): ComparedName[] {
  return compareReported(nodes).map((compared) => ({
    ...compared,
    own: OWN_SETTINGS.has(compared.name),
    kind: null,
    meaning: plain(SETTINGS.get(compared.name)),
  }));
}

/** Entries of `stats` of several nodes. */
export function compareStats(nodes: readonly (ReportedValues | null)[]): ComparedName[] {
  return compareReported(nodes).map((compared) => {
    const stat = STATS_BY_NAME.get(compared.name);
    return {
      ...compared,
      own: false,
      kind: stat?.kind ?? null,
      meaning: plain(stat ?? TEXTS.get(compared.name)),
    };
  });
}
