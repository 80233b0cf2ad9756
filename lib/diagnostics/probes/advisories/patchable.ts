import { ADVISORIES } from "./advisories";

const PATCHABLE: ReadonlySet<string> = new Set([
  "version-floor",
  ...ADVISORIES.map(({ slug }) => `advisory:${slug}`),
]);

/** Whether a check is about a fix that a build may have though its number says otherwise. */
export function isPatchable(check: string): boolean {
  return PATCHABLE.has(check);
}
