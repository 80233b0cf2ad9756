/** How long the long tests run: `SOAK_MINUTES`, an hour when it is not set. */
export const SOAK_MINUTES = Number(process.env.SOAK_MINUTES ?? 60);
if (!(SOAK_MINUTES >= 1)) throw new Error("SOAK_MINUTES: a number of minutes from 1");

export const SOAK_MS = SOAK_MINUTES * 60_000;

/** Resolves at `atMs` of `Date.now()`. Long tests look at a running fleet at intervals. */
export function at(atMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, atMs - Date.now())));
}
