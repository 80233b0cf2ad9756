/** Binary requests as bytes. Source: memcached `doc/protocol-binary.txt`, "Packet Structure". */

import { checkedKey } from "../key-bytes";
import { HEADER_BYTES } from "./frames";

const REQUEST_MAGIC = 0x80;

export interface FrameParts {
  readonly opcode: number;
  /** Returned in the reply. */
  readonly opaque: number;
  /** Checked like a text key, so that the item is reachable over both protocols. */
  readonly key?: string;
  readonly extras?: Buffer;
  readonly value?: Uint8Array;
  readonly cas?: bigint;
}

const EMPTY = Buffer.alloc(0);

export function encodeFrame({
  opcode,
  opaque,
  key,
  extras = EMPTY,
  value = EMPTY,
  cas = 0n,
}: FrameParts): Buffer {
  const keyBytes = key === undefined ? EMPTY : checkedKey(key);
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt8(REQUEST_MAGIC, 0);
  header.writeUInt8(opcode, 1);
  header.writeUInt16BE(keyBytes.length, 2);
  header.writeUInt8(extras.length, 4);
  header.writeUInt32BE(extras.length + keyBytes.length + value.length, 8);
  header.writeUInt32BE(opaque, 12);
  header.writeBigUInt64BE(cas, 16);
  return Buffer.concat([header, extras, keyBytes, value]);
}

/** Extras of a store: flags and exptime in seconds. */
export function storeExtras(flags: number, exptime: number): Buffer {
  const extras = Buffer.alloc(8);
  extras.writeUInt32BE(flags, 0);
  extras.writeUInt32BE(exptime, 4);
  return extras;
}
