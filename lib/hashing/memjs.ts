/** The hashing of memjs: Java's string hash over UTF-16, its absolute value modulo the number of servers. */
import type { Hashing } from "./contract";
import { remainders } from "./modulo";

export const memjs: Hashing = {
  name: "memjs",
  title: "memjs (default hashing)",
  ownerOf(key, servers) {
    const text = textOf(key);
    return text === null ? null : Math.abs(hashOf(text)) % servers.length;
  },
  sharesOf: ({ length }) => Array.from({ length }, (_, index) => magnitudes(length, index) / 2 ** 32),
};

/** The number of signed 32-bit integers whose absolute value has this remainder: 0 and 2^31 occur once, others twice. */
function magnitudes(divisor: number, remainder: number): number {
  const once = Number(remainder === 0) + Number(2 ** 31 % divisor === remainder);
  return 2 * remainders(2 ** 31 + 1, divisor, remainder) - once;
}

function hashOf(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (31 * hash + text.charCodeAt(i)) | 0;
  return hash;
}

/** memjs supports only strings as keys. */
function textOf(key: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(key);
  } catch {
    return null;
  }
}
