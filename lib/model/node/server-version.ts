/** A memcached version such as `1.6.18` or `1.5.6_2_gabc`; what follows the third number is ignored. */
export type ServerVersion = readonly [major: number, minor: number, patch: number];

/**
 * Null for what upstream never numbered, such as `37.0.0 mcrouter`, `UNKNOWN` (a build from an archive), or `df-v1.14.0`:
 * all of its releases are 1.x.y, and builds add a suffix without blanks.
 */
export function parseVersion(text: string | null): ServerVersion | null {
  const parts = text === null ? null : /^(1)\.(\d{1,4})\.(\d{1,4})(?![\d.])\S*$/.exec(text.slice(0, 100));
  return parts === null ? null : [Number(parts[1]), Number(parts[2]), Number(parts[3])];
}

/** Whether `version` is `required` or newer. An unknown version counts as too old, because a command could harm that server. */
export function isAtLeast(version: ServerVersion | null, required: ServerVersion): boolean {
  if (version === null) return false;
  for (let i = 0; i < 3; i++) {
    const difference = (version[i] as number) - (required[i] as number);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** Whether it is known to be older than `release`. */
export function isKnownBefore(version: ServerVersion | null, release: ServerVersion): boolean {
  return version !== null && !isAtLeast(version, release);
}
