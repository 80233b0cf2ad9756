/** Upstream version numbers, and the suffixes that builds add to them. */

export interface UpstreamVersion {
  readonly numbers: readonly [major: number, minor: number, patch: number];
  /** Text after the numbers, from a distribution or a build; empty without one. */
  readonly suffix: string;
  /** A pre-release of this version. */
  readonly early: boolean;
}

/**
 * Parses `1.6.18`, `1.6.18-debian12u1`, `1.5.6_2_gabc`, `1.6.0-beta1`. Null for text that doesn't start with three
 * numbers.
 */
export function parseUpstreamVersion(text: string | null): UpstreamVersion | null {
  const parts =
    text === null ? null : /^(\d{1,4})\.(\d{1,4})\.(\d{1,4})(?!\d)(.*)$/s.exec(text.slice(0, 100));
  if (parts === null) return null;
  const suffix = parts[4] ?? "";
  return {
    numbers: [Number(parts[1]), Number(parts[2]), Number(parts[3])],
    suffix,
    early: /^[-_.~+]?(alpha|beta|rc)/i.test(suffix),
  };
}

/** Whether `version` is older than the release `release` (such as `1.6.45`). */
export function isBefore(version: UpstreamVersion, release: string): boolean {
  const wanted = parseUpstreamVersion(release);
  if (wanted === null) throw new RangeError(`${release} is no release`);
  for (const [index, number] of wanted.numbers.entries()) {
    const difference = (version.numbers[index] ?? 0) - number;
    if (difference !== 0) return difference < 0;
  }
  return version.early;
}
