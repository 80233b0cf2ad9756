/** From a key to the node that a client keeps it on. */
import type { NodeAddress } from "@/lib/model/node/node-address";

export interface Hashing {
  /** Stable, for scripts. */
  readonly name: "ketama" | "consistent" | "modulo" | "memjs";
  /** Who hashes like this. */
  readonly title: string;
  /**
   * The position among `servers`, in the order of a client's configuration, that a key belongs to; null for a key
   * that such a client cannot have. At least one server.
   */
  ownerOf(key: Uint8Array, servers: readonly NodeAddress[]): number | null;
  /** Of all hashes that a key may have, the share 0..1 that belongs to each of `servers`, exactly. At least one server. */
  sharesOf(servers: readonly NodeAddress[]): readonly number[];
}
