/**
 * Text requests as bytes. Keys and numbers become part of a command only here, so that no input can become a second
 * command. Source: memcached `doc/protocol.txt`, "Keys", "Commands", "Storage commands", "Meta Commands".
 */
import type { SetMode } from "@/lib/model/actions/action";
import { CapabilityError } from "@/lib/model/errors";
import type { Tuning } from "../contract";
import { checkedKey, invalidInput, isTextKey, MAX_KEY_BYTES } from "../key-bytes";
import { MAX_EXPTIME, type StoreOptions } from "../key-contract";
import { CRLF } from "./line-end";

/** Longest key that fits a command as base64, in bytes: the limit of 250 applies to the encoded key. */
export const MAX_BASE64_KEY_BYTES = 186;
const MAX_FLAGS = 0xffff_ffff;
const MAX_VALUE_BYTES = 0x3fff_ffff;

const LINE_END = Buffer.from(CRLF);
const BLANK = Buffer.from(" ");

/** A whole number from `min` to `max`, in the decimal form that every memcached version parses. */
export function checkedInteger(field: string, value: number, min: number, max: number): string {
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    throw invalidInput(field, String(value), `a whole number from ${min} to ${max}`);
  }
  return value.toFixed(0);
}

export const VERSION_REQUEST: Buffer = Buffer.from("version\r\n");

/** `stats`, or `stats <argument>`; the argument is a word of a group's name. */
export function encodeStats(argument: string): Buffer {
  if (argument === "") return Buffer.from("stats\r\n");
  if (!/^[a-z]{1,16}$/.test(argument))
    throw invalidInput("argument", "another text", "1 to 16 letters a to z");
  return Buffer.from(`stats ${argument}\r\n`);
}

/** Longest delay of `flush_all`, in seconds: servers take a larger number as a Unix time. */
export const MAX_FLUSH_DELAY = 2_592_000;

/** `flush_all`, with a delay in seconds unless it is 0. Old servers flush immediately if the delay is not a number. */
export function encodeFlushAll(delaySeconds: number): Buffer {
  const delay = checkedInteger("delaySeconds", delaySeconds, 0, MAX_FLUSH_DELAY);
  return Buffer.from(delay === "0" ? "flush_all\r\n" : `flush_all ${delay}\r\n`);
}

/** Largest `cache_memlimit`, in MiB: 1 TiB, more than any server has. */
const MAX_MEMLIMIT = 1_048_576;
/** Highest slab class of any server. */
const MAX_SLAB_CLASS = 255;

/** A tuning command with checked numbers. Source: `doc/protocol.txt`, "Slabs Reassign" and the ones after. */
export function encodeTuning(tuning: Tuning): Buffer {
  return Buffer.from(`${tuningLine(tuning)}\r\n`);
}

function tuningLine(tuning: Tuning): string {
  const { command } = tuning;
  switch (command) {
    case "stats reset":
      return command;
    case "verbosity":
      return `${command} ${checkedInteger("level", tuning.level, 0, 3)}`;
    case "cache_memlimit":
      return `${command} ${checkedInteger("megabytes", tuning.megabytes, 1, MAX_MEMLIMIT)}`;
    case "slabs automove":
      return `${command} ${checkedInteger("mode", tuning.mode, 0, 2)}`;
    case "slabs reassign": {
      const from = checkedInteger("from", tuning.from, -1, MAX_SLAB_CLASS);
      return `${command} ${from} ${checkedInteger("to", tuning.to, 0, MAX_SLAB_CLASS)}`;
    }
  }
}

/** Any command from its words, each checked like a key, and its data block if it has one. */
export function encodeCommand(words: readonly (string | Uint8Array)[], data?: string | Uint8Array): Buffer {
  const line = words.flatMap((word, index) => (index === 0 ? [checkedKey(word)] : [BLANK, checkedKey(word)]));
  return Buffer.concat(
    data === undefined ? [...line, LINE_END] : [...line, LINE_END, Buffer.from(data), LINE_END],
  );
}

export type MetadumpWalk = "hash" | "all";

/** `lru_crawler metadump`: must be the only command on its connection. */
export function encodeMetadump(walk: MetadumpWalk): Buffer {
  return Buffer.from(`lru_crawler metadump ${walk}\r\n`);
}

/** `lru_crawler crawl` of all or some slab classes. */
export function encodeCrawl(classes: "all" | readonly number[]): Buffer {
  const which =
    classes === "all" ? classes : classes.map((id) => checkedInteger("classes", id, 1, MAX_SLAB_CLASS));
  if (which.length === 0) throw invalidInput("classes", "none", "all, or slab classes");
  return Buffer.from(`lru_crawler crawl ${which}\r\n`);
}

/** `get` of one key. */
export function encodeGet(key: string | Uint8Array): Buffer {
  return encodeLine("get", checkedKey(key));
}

/** `delete` of one key. */
export function encodeDelete(key: string | Uint8Array): Buffer {
  return encodeLine("delete", checkedKey(key));
}

/** `set` of a value of any bytes; `exptime` in seconds, 0 for never, above 30 days a Unix time. */
export function encodeSet(key: string | Uint8Array, value: string | Uint8Array, exptime = 0): Buffer {
  const token = { token: checkedKey(key), base64: false };
  return encodeStore(token, Buffer.from(value), { mode: "set", flags: 0, exptime });
}

/** A key as a command contains it: as it is, or in base64 with the meta commands' `b` flag. */
export interface KeyToken {
  readonly token: Buffer;
  readonly base64: boolean;
}

/**
 * Base64 is for keys with bytes that would end or split a command.
 * @throws CapabilityError for a key that needs base64 and is too long for it
 */
export function encodeKey(key: Uint8Array): KeyToken {
  if (isTextKey(key)) return { token: checkedKey(key), base64: false };
  if (key.length > MAX_BASE64_KEY_BYTES && key.length <= MAX_KEY_BYTES) {
    throw new CapabilityError(
      `over the text protocol, a key with blanks or control characters can have up to ${MAX_BASE64_KEY_BYTES} bytes; this one has ${key.length}`,
    );
  }
  return { token: checkedKey(Buffer.from(key).toString("base64")), base64: true };
}

/** `gets` of one key. */
export function encodeGets({ token }: KeyToken): Buffer {
  return encodeLine("gets", token);
}

/** Meta get with these flags, and `b` for a base64 key. */
export function encodeMetaGet({ token, base64 }: KeyToken, flags: readonly string[]): Buffer {
  return encodeLine("mg", token, ...(base64 ? ["b"] : []), ...flags);
}

/** `set`, `add`, `replace`, `append` or `prepend`; for a base64 key the equivalent meta set. */
export function encodeStore(
  { token, base64 }: KeyToken,
  value: Uint8Array,
  { mode, ...options }: StoreOptions,
): Buffer {
  const flags = checkedInteger("flags", options.flags, 0, MAX_FLAGS);
  const exptime = checkedInteger("exptime", options.exptime, -1, MAX_EXPTIME);
  const length = checkedInteger("length", value.length, 0, MAX_VALUE_BYTES);
  const line = base64
    ? lineParts("ms", token, [length, "b", `F${flags}`, `T${exptime}`, `M${META_MODE[mode]}`])
    : lineParts(mode, token, [flags, exptime, length]);
  return Buffer.concat([...line, value, LINE_END]);
}

const META_MODE: Readonly<Record<SetMode, string>> = {
  set: "S",
  add: "E",
  replace: "R",
  append: "A",
  prepend: "P",
};

/** `touch`; for a base64 key the equivalent meta get. */
export function encodeTouch(key: KeyToken, exptime: number): Buffer {
  const seconds = checkedInteger("exptime", exptime, -1, MAX_EXPTIME);
  return key.base64 ? encodeMetaGet(key, [`T${seconds}`]) : encodeLine("touch", key.token, seconds);
}

/** `delete`; for a base64 key the meta delete. */
export function encodeKeyDelete({ token, base64 }: KeyToken): Buffer {
  return base64 ? encodeLine("md", token, "b") : encodeLine("delete", token);
}

/** `incr` or `decr`; for a base64 key the meta arithmetic that returns the new value. */
export function encodeCount(direction: "incr" | "decr", { token, base64 }: KeyToken, by: bigint): Buffer {
  const amount = BigInt.asUintN(64, by).toString();
  return base64
    ? encodeLine("ma", token, "b", direction === "incr" ? "MI" : "MD", `D${amount}`, "v")
    : encodeLine(direction, token, amount);
}

/** One command line. The key must be checked; the other words must not come from outside. */
export function encodeLine(command: string, key: Buffer, ...words: readonly string[]): Buffer {
  return Buffer.concat(lineParts(command, key, words));
}

function lineParts(command: string, key: Buffer, words: readonly string[]): Buffer[] {
  const end = words.length === 0 ? LINE_END : Buffer.from(` ${words.join(" ")}${CRLF}`);
  return [Buffer.from(`${command} `), key, end];
}

/**
 * Signs in to an authfile node: a `set` of any key whose value is `<user> <password>`. Send it only after
 * `CLIENT_ERROR unauthenticated`: otherwise the server stores the password as an item.
 */
export function encodeAuthfileLogin(username: string, password: string): Buffer {
  return encodeSet("auth", `${username} ${password}`);
}
