const ZERO = 48;
const NINE = 57;
const POINT = 46;
const MINUS = 45;

/**
 * The number written in `bytes[from..to)` as decimal digits, with an optional leading minus and an optional
 * fraction (`rusage_user 0.190630`, seconds). NaN for anything else and for what a double cannot represent. Numbers above
 * 2^53 lose precision.
 */
export function readNumber(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  const negative = at < to && bytes[at] === MINUS;
  if (negative) at++;
  const first = at;
  if (at >= to) return Number.NaN;
  // All digits form one integer that is divided once, so a fraction is rounded only once.
  let digits = 0;
  let scale = 0;
  for (; at < to; at++) {
    const byte = bytes[at] as number;
    if (byte >= ZERO && byte <= NINE) {
      digits = digits * 10 + (byte - ZERO);
      scale *= 10;
    } else if (byte === POINT && scale === 0 && at > first && at + 1 < to) {
      scale = 1;
    } else {
      return Number.NaN;
    }
  }
  const value = scale === 0 ? digits : digits / scale;
  if (!Number.isFinite(value)) return Number.NaN;
  return negative ? -value : value;
}
