/** What can be asked about one key. Text and binary connections behave the same behind it. */
import type { SetMode } from "@/lib/model/actions/action";

/** An item as its node tells it. Null: this node does not tell. */
export interface ItemInfo {
  readonly flags: number | null;
  /** Bytes of the value. */
  readonly size: number;
  /** -1: never. */
  readonly ttlSeconds: number | null;
  /** Seconds since it was last used. */
  readonly lastAccessSeconds: number | null;
  /** Whether it was fetched since it was stored. */
  readonly fetched: boolean | null;
  /** 64 bits, unsigned. */
  readonly cas: bigint | null;
  /** Looking counted as a use: it may have moved the item in the LRU. */
  readonly bumped: boolean;
  /** The first bytes of the value, as many as were asked for; null when none were, or the node can only send all. */
  readonly value: Buffer | null;
}

/** What the node said to a command that changes an item. */
export interface KeyReply {
  /** Whether it did what was asked. */
  readonly ok: boolean;
  /** Its own words, bounded and printable: `STORED`, `NOT_FOUND`, `SERVER_ERROR object too large for cache`. */
  readonly reply: string;
}

export interface CounterReply extends KeyReply {
  /** The new value, 64 bits, unsigned; null when it was not changed. */
  readonly value: bigint | null;
}

export interface StoreOptions {
  readonly mode: SetMode;
  /** 32 bits, unsigned. Kept as they are by append and prepend. */
  readonly flags: number;
  /** As memcached counts: 0 never, up to 2592000 seconds from now, larger Unix seconds, -1 at once. */
  readonly exptime: number;
}

/**
 * The commands of one key over one connection, one after the other. A key is 1 to 250 bytes; those that the text
 * protocol forbids go as base64 over text and as they are over binary. Methods reject with `InputError` and
 * `CapabilityError` before anything was sent, or with what ends the connection.
 */
export interface KeyCommands {
  /** Whether `look` neither moves an item in the LRU nor marks it as fetched. */
  readonly inspectsSilently: boolean;
  /**
   * The item; null when there is none. Of a value longer than `valueBytes` no more than that is read: the connection
   * has ended then. With 0 only what is known about it is asked for, where the node can tell that alone.
   */
  inspect(key: Uint8Array, valueBytes: number): Promise<ItemInfo | null>;
  /** Whether it is there, without fetching the value where the node can tell that alone. */
  exists(key: Uint8Array): Promise<boolean>;
  store(key: Uint8Array, value: Uint8Array, options: StoreOptions): Promise<KeyReply>;
  touch(key: Uint8Array, exptime: number): Promise<KeyReply>;
  delete(key: Uint8Array): Promise<KeyReply>;
  /** `incr` wraps at 2^64, `decr` stops at 0; neither makes an item. */
  count(direction: "incr" | "decr", key: Uint8Array, by: bigint): Promise<CounterReply>;
}

/** Longest Unix time that every version reads as such. */
export const MAX_EXPTIME = 0x7fff_ffff;
