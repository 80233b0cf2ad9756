/** What can be chosen when a share link is made. Without schemas: the browser needs these at once. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from "./time";

/** What may be ticked. Status, and since when, is always shown. Nothing beyond this list ever is. */
export const SHARE_FIELDS = ["version", "hitRatio", "memory", "connections", "charts", "markers"] as const;
export type ShareField = (typeof SHARE_FIELDS)[number];
export const DEFAULT_SHARE_FIELDS: readonly ShareField[] = [
  "hitRatio",
  "memory",
  "connections",
  "charts",
  "markers",
];

export const SHARE_MODES = ["live", "frozen"] as const;
export type ShareMode = (typeof SHARE_MODES)[number];

const HOUR = HOUR_MS / 1_000;
const DAY = DAY_MS / 1_000;
export const SHARE_LIMITS = {
  nodes: 200,
  /** Above this many nodes the charts show one line for all of them. */
  lines: 12,
  labelCharacters: 120,
  expiresInSeconds: { least: HOUR, most: 90 * DAY, usual: 7 * DAY },
  windowMs: { least: 5 * MINUTE_MS, most: 90 * DAY_MS, usual: DAY_MS },
} as const;
