/**
 * The commands of one key as text. A key goes as it is, or as base64 with the meta commands' `b` flag when it has bytes
 * that would end or part a command. Source: memcached `doc/protocol.txt`, "Storage commands", "Meta Commands".
 */
import type { SetMode } from "@/lib/model/actions/action";
import { CapabilityError } from "@/lib/model/errors";
import { isTextKey } from "../key-bytes";
import { MAX_EXPTIME, type StoreOptions } from "../key-contract";
import { checkedInteger, checkedKey, MAX_KEY_BYTES } from "./encoder";

/** Longest key that fits a command as base64, in bytes: the 250 of a key are counted on the wire. */
export const MAX_BASE64_KEY_BYTES = 186;

const MAX_FLAGS = 0xffff_ffff;
const MAX_VALUE_BYTES = 0x3fff_ffff;
const CRLF = Buffer.from("\r\n");

/** How a key is written in a command. */
export interface WireKey {
  readonly token: Buffer;
  readonly base64: boolean;
}

/** @throws CapabilityError for a key that has to be base64 and is too long for it */
export function wireKey(key: Uint8Array): WireKey {
  if (isTextKey(key)) return { token: checkedKey(key), base64: false };
  if (key.length > MAX_BASE64_KEY_BYTES && key.length <= MAX_KEY_BYTES) {
    throw new CapabilityError(
      `over the text protocol a key with such bytes has at most ${MAX_BASE64_KEY_BYTES} of them; this one has ${key.length}`,
    );
  }
  return { token: checkedKey(Buffer.from(key).toString("base64")), base64: true };
}

/** `gets` of one key. */
export function encodeGets({ token }: WireKey): Buffer {
  return line("gets", token);
}

/** Meta get with these flags; a base64 key adds its own. */
export function encodeMetaGet(key: WireKey, flags: readonly string[]): Buffer {
  return line("mg", key.token, ...base64Flag(key), ...flags);
}

/** `set`, `add`, `replace`, `append` or `prepend`; for a base64 key the meta set that does the same. */
export function encodeStore(key: WireKey, value: Uint8Array, { mode, ...options }: StoreOptions): Buffer {
  const flags = checkedInteger("flags", options.flags, 0, MAX_FLAGS);
  const exptime = checkedInteger("exptime", options.exptime, -1, MAX_EXPTIME);
  const length = checkedInteger("length", value.length, 0, MAX_VALUE_BYTES);
  const command = key.base64
    ? line("ms", key.token, length, "b", `F${flags}`, `T${exptime}`, `M${META_MODE[mode]}`)
    : line(mode, key.token, flags, exptime, length);
  return Buffer.concat([command, value, CRLF]);
}

const META_MODE: Readonly<Record<SetMode, string>> = {
  set: "S",
  add: "E",
  replace: "R",
  append: "A",
  prepend: "P",
};

/** `touch`; for a base64 key the meta get that does the same. */
export function encodeTouch(key: WireKey, exptime: number): Buffer {
  const seconds = checkedInteger("exptime", exptime, -1, MAX_EXPTIME);
  return key.base64 ? encodeMetaGet(key, [`T${seconds}`]) : line("touch", key.token, seconds);
}

/** `delete`, or the meta delete. */
export function encodeDelete(key: WireKey): Buffer {
  return key.base64 ? line("md", key.token, "b") : line("delete", key.token);
}

/** `incr` or `decr`, or the meta arithmetic that answers with the new value. */
export function encodeCount(direction: "incr" | "decr", key: WireKey, by: bigint): Buffer {
  const amount = BigInt.asUintN(64, by).toString();
  return key.base64
    ? line("ma", key.token, "b", direction === "incr" ? "MI" : "MD", `D${amount}`, "v")
    : line(direction, key.token, amount);
}

function base64Flag({ base64 }: WireKey): string[] {
  return base64 ? ["b"] : [];
}

/** Words of one command; only the key's token is not ours. */
function line(command: string, token: Buffer, ...more: readonly string[]): Buffer {
  return Buffer.concat([
    Buffer.from(`${command} `),
    token,
    Buffer.from(more.map((word) => ` ${word}`).join("")),
    CRLF,
  ]);
}
