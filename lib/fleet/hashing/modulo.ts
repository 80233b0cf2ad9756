/** What libmemcached does unless it is told otherwise: a hash of the key, modulo the number of servers. */
import type { Hashing } from "./contract";
import { oneAtATime } from "./one-at-a-time";

export const modulo: Hashing = {
  name: "modulo",
  title: "modulo (libmemcached's default; PHP DISTRIBUTION_MODULA)",
  ownerOf: (key, servers) => oneAtATime(key) % servers.length,
};
