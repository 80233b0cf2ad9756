/** The kinds of actions. Without schemas, for the browser. */
import type { Role } from "../roles";

export const ACTION_KINDS = [
  "flush_all",
  "set_key",
  "delete_key",
  "touch_key",
  "incr_key",
  "decr_key",
  "delete_prefix",
  "mark_stale_prefix",
  "reset_stats",
  "set_verbosity",
  "cache_memlimit",
  "slabs_automove",
  "slabs_reassign",
  "lru_crawler_crawl",
  "load_test",
  "capability_check",
] as const;
export type ActionKind = (typeof ACTION_KINDS)[number];

/**
 * What has to be typed to confirm an action. `node`: the node's id, or the pool's name when there are several nodes;
 * `prefix`: the prefix, unless it is a dry run; `none`: nothing.
 */
export type ConfirmKind = "node" | "prefix" | "none";

interface ActionKindFacts {
  /** The least role that may run it. */
  readonly role: Role;
  readonly confirm: ConfirmKind;
  /** May run on several nodes, or a pool, at once. */
  readonly multiNode: boolean;
}

/** One row per kind; the actions themselves are in `lib/actions/registry.ts`. */
export const ACTION_FACTS: Readonly<Record<ActionKind, ActionKindFacts>> = {
  flush_all: { role: "operator", confirm: "node", multiNode: true },
  set_key: { role: "operator", confirm: "none", multiNode: false },
  delete_key: { role: "operator", confirm: "none", multiNode: true },
  touch_key: { role: "operator", confirm: "none", multiNode: false },
  incr_key: { role: "operator", confirm: "none", multiNode: false },
  decr_key: { role: "operator", confirm: "none", multiNode: false },
  delete_prefix: { role: "operator", confirm: "prefix", multiNode: true },
  mark_stale_prefix: { role: "operator", confirm: "prefix", multiNode: true },
  reset_stats: { role: "admin", confirm: "node", multiNode: false },
  set_verbosity: { role: "admin", confirm: "none", multiNode: false },
  cache_memlimit: { role: "admin", confirm: "node", multiNode: false },
  slabs_automove: { role: "admin", confirm: "none", multiNode: false },
  slabs_reassign: { role: "admin", confirm: "node", multiNode: false },
  lru_crawler_crawl: { role: "admin", confirm: "none", multiNode: false },
  load_test: { role: "operator", confirm: "node", multiNode: false },
  capability_check: { role: "operator", confirm: "none", multiNode: false },
};

export const ACTION_STATES = ["running", "paused", "done", "failed", "cancelled"] as const;
export type ActionState = (typeof ACTION_STATES)[number];

export const TARGET_STATES = ["pending", "sent", "verified", "failed", "skipped", "cancelled"] as const;
export type TargetState = (typeof TARGET_STATES)[number];

export const SET_MODES = ["set", "add", "replace", "append", "prepend"] as const;
export type SetMode = (typeof SET_MODES)[number];

export const KEY_ENCODINGS = ["utf8", "base64"] as const;
export type KeyEncoding = (typeof KEY_ENCODINGS)[number];

/** Limits of a request. */
export const ACTION_LIMITS = {
  /** Nodes of one action. */
  nodes: 10_000,
  /** Seconds that a flush may be delayed, and seconds between two nodes of a stagger. */
  delaySeconds: 2_592_000,
  staggerSeconds: 86_400,
  /** Bytes of a value: the default of `item_size_max`. */
  valueBytes: 1_048_576,
} as const;
