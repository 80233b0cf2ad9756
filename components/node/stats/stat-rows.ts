/** The meaning of an entry of a stats group, and its readable value. */

import { SETTINGS } from "@/lib/catalogue/settings";
import { type Meaning, slabStatMeaning } from "@/lib/catalogue/slab-stats";
import { NO_DESCRIPTION, STATS, type Stat, type StatUnit } from "@/lib/catalogue/stats";
import type { StatsGroup } from "@/lib/catalogue/stats-groups";

const BY_NAME: ReadonlyMap<string, Stat> = new Map(STATS.map((stat) => [stat.name, stat]));

export interface StatRow {
  readonly name: string;
  readonly value: string;
  readonly kind: Stat["kind"] | null;
  readonly unit: StatUnit | null;
  readonly meaning: Meaning | null;
}

const BYTES_SETTINGS = new Set([
  "maxbytes",
  "item_size_max",
  "slab_chunk_max",
  "watcher_logbuf_size",
  "worker_logbuf_size",
  "ssl_wbuf_size",
  "ext_wbuf_size",
]);
const SECONDS_SETTINGS = new Set(["idle_timeout", "temporary_ttl", "tail_repair_time"]);
const BYTES_ENTRIES = /:(?:chunk_size|mem_requested)$|^total_malloced$/;
const SECONDS_ENTRIES = /^items:\d+:(?:age|age_hot|age_warm|evicted_time)$|:secs_since_last_cmd$/;

/** Of the general group, but not numbers: the catalogue of stats has no slot for them. */
const TEXTS: ReadonlyMap<string, Meaning> = new Map([
  ["version", { en: "Version of the server", ja: "サーバーのバージョン" }],
  ["libevent", { en: "Version of libevent it runs with", ja: "使用している libevent のバージョン" }],
]);

/** Explains an entry of `group`. Unknown names are fine: servers differ. */
export function explain(group: StatsGroup, name: string, value: string): StatRow {
  if (group === "general" || group === "extstore" || group === "proxy") {
    const stat = BY_NAME.get(name);
    if (stat !== undefined) return { name, value, kind: stat.kind, unit: stat.unit, meaning: stat };
    const unlisted = group === "general" && /^-?\d+(\.\d+)?$/.test(value);
    const meaning = TEXTS.get(name) ?? (group === "general" ? NO_DESCRIPTION : null);
    return { name, value, kind: unlisted ? "gauge" : null, unit: null, meaning };
  }
  if (group === "settings") {
    const unit = BYTES_SETTINGS.has(name) ? "bytes" : SECONDS_SETTINGS.has(name) ? "seconds" : null;
    return { name, value, kind: null, unit, meaning: SETTINGS.get(name) ?? null };
  }
  const unit = BYTES_ENTRIES.test(name) ? "bytes" : SECONDS_ENTRIES.test(name) ? "seconds" : null;
  return { name, value, kind: null, unit, meaning: slabStatMeaning(name) ?? null };
}

/** Whether an entry's name, value or meaning contains the search text, ignoring case. */
export function matchesStat(entry: StatRow, search: string, locale: "en" | "ja"): boolean {
  const text = `${entry.name}\n${entry.value}\n${entry.meaning?.[locale] ?? ""}`.toLowerCase();
  return text.includes(search.trim().toLowerCase());
}

/** The value as a number, if it is large enough to need a readable form; null otherwise. */
export function readableValue(entry: StatRow): number | null {
  if (entry.name === "time" || (entry.unit !== "bytes" && entry.unit !== "seconds")) return null;
  if (!/^\d{1,15}(\.\d+)?$/.test(entry.value)) return null;
  const number = Number(entry.value);
  return number >= (entry.unit === "bytes" ? 1024 : 60) ? number : null;
}

/** Entries as the server would send them. */
export function asReply(entries: readonly StatRow[]): string {
  return `${entries.map(({ name, value }) => `STAT ${name} ${value}`).join("\n")}\nEND\n`;
}
