/**
 * The order in which a server reports its stats. It does not change while the process runs and is the same for all
 * servers of one version and build. So after the first reply, comparing a line's bytes with the expected ones identifies
 * it, without building a string.
 */
import { MEASURED_STATS, slotOf } from "@/lib/catalogue/stats";

/** Instead of a slot: the line's value is ignored. */
export const IGNORED = -1;
/** Instead of a slot: the line is `STAT version …`. */
export const VERSION = -2;

/** Bounds what a hostile server can make us store. Longer replies are matched line by line. */
const MAX_LINES = 512;
const MAX_BYTES = 32_768;
const MAX_LAYOUTS = 64;
const MAX_UNLISTED = 64;
/** Reported as text, not as a number. */
const TEXT_STATS: ReadonlySet<string> = new Set(["version", "libevent"]);

/** The prefix of each line of a `stats` reply, and the slot of its value. Immutable and shared. */
export interface StatLayout {
  readonly names: readonly string[];
  /** `STAT <name> ` of every line, concatenated. */
  readonly prefixes: Uint8Array;
  /** Start of each line's prefix; one entry more than lines. */
  readonly starts: Int32Array;
  /** A slot of the stat catalogue, `IGNORED` or `VERSION`. */
  readonly slots: Int16Array;
  /** Names that are not in the catalogue. */
  readonly unlisted: readonly string[];
}

/** Slot of a name as a server reports it, `VERSION` for `version`, `IGNORED` for a name that is not in the catalogue. */
export function slotIndex(name: string): number {
  if (name === "version") return VERSION;
  if (MEASURED_STATS.has(name)) return IGNORED;
  return slotOf(name) ?? IGNORED;
}

/** Whether a name may be a stat that newer servers have. */
function isUnlisted(name: string): boolean {
  if (slotOf(name) !== undefined || TEXT_STATS.has(name)) return false;
  return /^[a-z][a-z0-9_]{0,63}$/i.test(name);
}

export const EMPTY_LAYOUT: StatLayout = {
  names: [],
  prefixes: new Uint8Array(0),
  starts: new Int32Array(1),
  slots: new Int16Array(0),
  unlisted: [],
};

const layouts = new Map<string, StatLayout>();

/**
 * The layout of a reply with these names (latin1, one per line, in order). Servers of the same version share
 * one object, so that thousands of nodes compare against the same cached bytes.
 */
export function layoutOf(names: readonly string[]): StatLayout {
  if (names.length > MAX_LINES) return EMPTY_LAYOUT;
  const key = names.join("\n");
  if (key.length > MAX_BYTES) return EMPTY_LAYOUT;
  const shared = layouts.get(key);
  if (shared !== undefined) return shared;
  const layout = build(names);
  if (layouts.size < MAX_LAYOUTS) layouts.set(key, layout);
  return layout;
}

function build(names: readonly string[]): StatLayout {
  const lines = names.map((name) => Buffer.from(`STAT ${name} `, "latin1"));
  const starts = new Int32Array(lines.length + 1);
  lines.forEach((line, index) => {
    starts[index + 1] = (starts[index] ?? 0) + line.length;
  });
  return {
    names: [...names],
    prefixes: Uint8Array.from(Buffer.concat(lines)),
    starts,
    slots: Int16Array.from(names, slotIndex),
    unlisted: names.filter(isUnlisted).slice(0, MAX_UNLISTED),
  };
}
