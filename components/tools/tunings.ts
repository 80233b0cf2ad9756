/** The tunable settings: fields, the setting that shows the value, and the input from typed text. Pure. */
import type { Capability } from "@/lib/model/node/capability";

export type TuningKind =
  | "cache_memlimit"
  | "slabs_automove"
  | "slabs_reassign"
  | "lru_crawler_crawl"
  | "set_verbosity"
  | "reset_stats";

export interface TuningField {
  readonly name: "megabytes" | "mode" | "from" | "to" | "classes" | "level";
  readonly initial: string;
  /** Choices; any number when absent. */
  readonly choices?: readonly string[];
}

export interface Tuning {
  readonly kind: TuningKind;
  readonly capability: Capability;
  /** The name in `stats settings` that shows the current value; null when none does. */
  readonly setting: string | null;
  readonly fields: readonly TuningField[];
  /** Null when the typed text is invalid. */
  input(typed: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> | null;
}

function integerIn(text: string | undefined, from: number, to: number): number | null {
  if (text === undefined || !/^-?\d{1,8}$/.test(text.trim())) return null;
  const value = Number(text);
  return value >= from && value <= to ? value : null;
}

export const TUNINGS: readonly Tuning[] = [
  {
    kind: "cache_memlimit",
    capability: "cache_memlimit",
    setting: "maxbytes",
    fields: [{ name: "megabytes", initial: "64" }],
    input({ megabytes }) {
      const value = integerIn(megabytes, 8, 1_048_576);
      return value === null ? null : { megabytes: value };
    },
  },
  {
    kind: "slabs_automove",
    capability: "slabs_automove",
    setting: "slab_automove",
    fields: [{ name: "mode", initial: "1", choices: ["0", "1", "2"] }],
    input({ mode }) {
      const value = integerIn(mode, 0, 2);
      return value === null ? null : { mode: value };
    },
  },
  {
    kind: "slabs_reassign",
    capability: "slabs_reassign",
    setting: null,
    fields: [
      { name: "from", initial: "-1" },
      { name: "to", initial: "1" },
    ],
    input(typed) {
      const from = integerIn(typed.from, -1, 255);
      const to = integerIn(typed.to, 0, 255);
      return from === null || to === null ? null : { from, to };
    },
  },
  {
    kind: "lru_crawler_crawl",
    capability: "lru_crawler",
    setting: null,
    fields: [{ name: "classes", initial: "all" }],
    input({ classes = "" }) {
      if (classes.trim() === "all") return { classes: "all" };
      const list = classes.split(/[\s,]+/).map((id) => integerIn(id, 1, 255));
      return list.includes(null) || list.length > 64 ? null : { classes: list };
    },
  },
  {
    kind: "set_verbosity",
    capability: "verbosity",
    setting: "verbosity",
    fields: [{ name: "level", initial: "0", choices: ["0", "1", "2", "3"] }],
    input({ level }) {
      const value = integerIn(level, 0, 3);
      return value === null ? null : { level: value };
    },
  },
  {
    kind: "reset_stats",
    capability: "stats",
    setting: null,
    fields: [],
    input: () => ({}),
  },
];
