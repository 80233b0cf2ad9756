/** A memcached version such as `1.6.18` or `1.5.6_2_gabc`; what follows the third number is ignored. */
export type ServerVersion = readonly [major: number, minor: number, patch: number];

/** Null for text that does not start with three numbers. */
export function parseVersion(text: string | null): ServerVersion | null {
  const parts = text === null ? null : /^(\d{1,4})\.(\d{1,4})\.(\d{1,4})/.exec(text);
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
