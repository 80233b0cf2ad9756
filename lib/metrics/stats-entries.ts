/** Names and values of a stats group, as the server reports them. */
export type Entries = ReadonlyArray<readonly [name: string, value: string]>;

/** Values by name. memcached 1.4 sends some names twice; the first is the right one. */
export function firstOfEach(entries: Entries): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of entries) if (!values.has(name)) values.set(name, value);
  return values;
}

const ZERO = 48;
const NINE = 57;
const POINT = 46;
const MINUS = 45;
/** Digits of the largest 64-bit number, with a fraction. */
const MAX_LENGTH = 34;

/** A value as a number: decimal, or `yes` and `no` as 1 and 0. NaN for anything else. */
export function numberOf(value: string): number {
  if (value === "yes") return 1;
  if (value === "no") return 0;
  if (value.length > MAX_LENGTH) return Number.NaN;
  let digits = 0;
  let point = false;
  for (let at = 0; at < value.length; at++) {
    const code = value.charCodeAt(at);
    if (code >= ZERO && code <= NINE) digits++;
    else if (code === POINT && !point && digits > 0) point = true;
    else if (code !== MINUS || at > 0) return Number.NaN;
  }
  return digits === 0 || value.endsWith(".") ? Number.NaN : Number(value);
}
