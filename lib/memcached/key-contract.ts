/** Commands for one key. They are the same for text and binary connections. */
import type { SetMode } from "@/lib/model/actions/action";

/** An item as its node reports it. Null: not reported by this node. */
export interface ItemInfo {
  readonly flags: number | null;
  /** Size of the value in bytes. */
  readonly size: number;
  /** -1: never. */
  readonly ttlSeconds: number | null;
  /** Seconds since the last access. */
  readonly lastAccessSeconds: number | null;
  /** Whether it has been fetched since it was stored. */
  readonly fetched: boolean | null;
  /** 64 bits, unsigned. */
  readonly cas: bigint | null;
  /** Whether the lookup counted as a get and may have bumped the item in the LRU. */
  readonly bumped: boolean;
  /** The first bytes of the value, up to the requested number; null if that is 0, or a longer value could not be cut. */
  readonly value: Buffer | null;
}

/** The reply to a command that changes an item. */
export interface KeyReply {
  /** Whether the command succeeded. */
  readonly ok: boolean;
  /** The node's own words, bounded and printable: `STORED`, `NOT_FOUND`, `SERVER_ERROR object too large for cache`. */
  readonly reply: string;
}

export interface CounterReply extends KeyReply {
  /** The new value, 64 bits, unsigned; null if it did not change. */
  readonly value: bigint | null;
}

export interface StoreOptions {
  readonly mode: SetMode;
  /** 32 bits, unsigned. Ignored by append and prepend. */
  readonly flags: number;
  /** As memcached counts: 0 never, up to 2592000 seconds from now, larger Unix seconds, -1 at once. */
  readonly exptime: number;
}

/**
 * The commands for one key over one connection, one after the other. A key is 1 to 250 bytes; a key that is invalid in
 * the text protocol is sent as base64 over text, and as it is over binary. Methods reject with `InputError` and
 * `CapabilityError` before sending, or with the error that ends the connection.
 */
export interface KeyCommands {
  /** Whether `inspect` neither bumps an item in the LRU nor marks it as fetched. */
  readonly inspectsSilently: boolean;
  /**
   * The item; null for a miss. Reads at most `valueBytes` of a value; after a longer value the connection cannot be used
   * again. With 0, requests only the metadata if the node supports that.
   */
  inspect(key: Uint8Array, valueBytes: number): Promise<ItemInfo | null>;
  /** Whether the item exists, without fetching the value if the node supports that. */
  exists(key: Uint8Array): Promise<boolean>;
  store(key: Uint8Array, value: Uint8Array, options: StoreOptions): Promise<KeyReply>;
  touch(key: Uint8Array, exptime: number): Promise<KeyReply>;
  delete(key: Uint8Array): Promise<KeyReply>;
  /** `incr` wraps at 2^64, `decr` stops at 0; neither creates an item. */
  count(direction: "incr" | "decr", key: Uint8Array, by: bigint): Promise<CounterReply>;
}

/** Largest Unix time that every version supports. */
export const MAX_EXPTIME = 0x7fff_ffff;
