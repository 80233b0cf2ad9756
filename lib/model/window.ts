/** Time ranges: parsing `from` and `to`, and choosing buckets. */

import { InputError } from "./errors";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "./time";

/** `now`, `now-90d`, or Unix milliseconds. */
export const INSTANT = /^(?:now(?:-(\d{1,6})([smhd]))?|(\d{1,15}))$/;

const UNIT_MS: Readonly<Record<string, number>> = { s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS };

/**
 * Unix milliseconds of `text`.
 * @throws InputError naming `field`
 */
export function parseInstant(field: string, text: string, nowMs: number): number {
  const match = INSTANT.exec(text);
  if (!match) {
    throw new InputError([
      { field, found: JSON.stringify(text), allowed: "Unix milliseconds, now, or now-<number><s|m|h|d>" },
    ]);
  }
  if (match[3] !== undefined) return Number(match[3]);
  return match[1] === undefined ? nowMs : nowMs - Number(match[1]) * (UNIT_MS[match[2] as string] as number);
}

const STEPS_SECONDS = [
  1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400,
];

/** The smallest round bucket, in milliseconds, that gives at most `points` buckets and is at least one poll. */
export function bucketMs(spanMs: number, points: number, pollIntervalMs: number): number {
  const least = Math.max(spanMs / points, pollIntervalMs);
  const seconds = STEPS_SECONDS.find((step) => step * 1000 >= least);
  return seconds === undefined ? Math.ceil(least / DAY_MS) * DAY_MS : seconds * 1000;
}
