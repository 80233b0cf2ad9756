/** How a client maps keys to nodes. */
import type { NodeAddress } from "@/lib/model/node/node-address";

/** A server of a client's configuration. Only ketama knows weights; 1 when absent. */
export type HashedServer = NodeAddress & { readonly weight?: number };

export interface Hashing {
  /** Stable identifier. */
  readonly name: "ketama" | "consistent" | "modulo" | "memjs";
  /** The clients that use it. */
  readonly title: string;
  /**
   * The index of a key's server in `servers`, which are in the order of the client's configuration; null for a key that
   * the client does not support. Requires at least one server.
   */
  ownerOf(key: Uint8Array, servers: readonly HashedServer[]): number | null;
  /** The exact share (0 to 1) of all key hashes that belongs to each of `servers`. Requires at least one server. */
  sharesOf(servers: readonly HashedServer[]): readonly number[];
}
