/** The default of libmemcached: a hash of the key, modulo the number of servers. */
import type { Hashing } from "./contract";
import { oneAtATime } from "./one-at-a-time";

export const modulo: Hashing = {
  name: "modulo",
  title: "modulo (libmemcached's default; PHP DISTRIBUTION_MODULA)",
  ownerOf: (key, servers) => oneAtATime(key) % servers.length,
  sharesOf: ({ length }) => Array.from({ length }, (_, index) => remainders(HASHES, length, index) / HASHES),
};

/** The number of hashes. */
const HASHES = 2 ** 32;

/** How many of the numbers from 0 to `count` - 1 have this remainder. */
export function remainders(count: number, divisor: number, remainder: number): number {
  return Math.floor(count / divisor) + (remainder < count % divisor ? 1 : 0);
}
