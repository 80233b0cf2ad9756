/** Text of `<input type="datetime-local">` and back, in the browser's zone or in UTC. Pure but for the zone. */

function pad(value: number): string {
  return String(value).padStart(2, "0");
}

/** Unix milliseconds as `2026-11-22T06:34`. */
export function toLocalInput(atMs: number, utc: boolean): string {
  const at = new Date(atMs);
  if (utc) return at.toISOString().slice(0, 16);
  return `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}T${pad(at.getHours())}:${pad(at.getMinutes())}`;
}

/** The instant of such a text, Unix milliseconds; null when it is invalid. */
export function fromLocalInput(text: string, utc: boolean): number | null {
  const atMs = Date.parse(utc ? `${text}Z` : text);
  return Number.isNaN(atMs) ? null : atMs;
}
