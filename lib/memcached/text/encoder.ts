/**
 * Text requests as bytes. The one place where a key or a number becomes part of a command, so that nothing a
 * caller passes can become a second command. Source: memcached `doc/protocol.txt`, "Keys", "Commands".
 */
import { InputError } from "@/lib/model/errors";
import type { Tuning } from "../contract";

/** Longest key of the text and binary protocols, in bytes. */
export const MAX_KEY_BYTES = 250;

const CRLF = Buffer.from("\r\n");
const BLANK = Buffer.from(" ");

/** A key as it may stand in a command: 1 to 250 bytes, none of them a blank, a control character or DEL. */
export function checkedKey(key: string | Uint8Array): Buffer {
  const bytes = Buffer.from(key);
  if (bytes.length === 0 || bytes.length > MAX_KEY_BYTES) {
    throw refused("key", `${bytes.length} bytes`, `1 to ${MAX_KEY_BYTES} bytes`);
  }
  for (const byte of bytes) {
    if (byte <= 0x20 || byte === 0x7f) {
      throw refused(
        "key",
        `byte 0x${byte.toString(16).padStart(2, "0")}`,
        "bytes above 0x20 other than 0x7f",
      );
    }
  }
  return bytes;
}

/** A whole number from `min` to `max`, in the decimal form that every memcached version reads. */
export function checkedInteger(field: string, value: number, min: number, max: number): string {
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    throw refused(field, String(value), `a whole number from ${min} to ${max}`);
  }
  return value.toFixed(0);
}

export const VERSION_REQUEST: Buffer = Buffer.from("version\r\n");

/** `stats`, or `stats <argument>`; the argument is a word of a group's name. */
export function encodeStats(argument: string): Buffer {
  if (argument === "") return Buffer.from("stats\r\n");
  if (!/^[a-z]{1,16}$/.test(argument)) throw refused("argument", "another text", "1 to 16 letters a to z");
  return Buffer.from(`stats ${argument}\r\n`);
}

/** Longest delay of `flush_all`, in seconds: servers read more as a Unix time. */
export const MAX_FLUSH_DELAY = 2_592_000;

/** `flush_all`, after a delay in seconds unless that is 0. Old servers flush at once for what is no number. */
export function encodeFlushAll(delaySeconds: number): Buffer {
  const delay = checkedInteger("delaySeconds", delaySeconds, 0, MAX_FLUSH_DELAY);
  return Buffer.from(delay === "0" ? "flush_all\r\n" : `flush_all ${delay}\r\n`);
}

/** Largest `cache_memlimit`, in MiB: the servers keep bytes in 64 bits, and 1 TiB is beyond any of them. */
const MAX_MEMLIMIT = 1_048_576;
/** Highest slab class that a server can have. */
const MAX_SLAB_CLASS = 255;

/** A tuning command with its checked figures. Source: `doc/protocol.txt`, "Slabs Reassign" and the ones after. */
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

/**
 * Any command from its words, each of them 1 to 250 bytes without blanks and control characters, and its data block
 * if it has one.
 */
export function encodeCommand(words: readonly (string | Uint8Array)[], data?: string | Uint8Array): Buffer {
  const line = words.flatMap((word, index) => (index === 0 ? [checkedKey(word)] : [BLANK, checkedKey(word)]));
  return Buffer.concat(data === undefined ? [...line, CRLF] : [...line, CRLF, Buffer.from(data), CRLF]);
}

export type MetadumpWalk = "hash" | "all";

/** `lru_crawler metadump`: has to be alone on its connection. */
export function encodeMetadump(walk: MetadumpWalk): Buffer {
  return Buffer.from(`lru_crawler metadump ${walk}\r\n`);
}

/** `lru_crawler crawl` of all or some slab classes. */
export function encodeCrawl(classes: "all" | readonly number[]): Buffer {
  const which =
    classes === "all" ? classes : classes.map((one) => checkedInteger("classes", one, 1, MAX_SLAB_CLASS));
  if (which.length === 0) throw refused("classes", "none", "all, or slab classes");
  return Buffer.from(`lru_crawler crawl ${which}\r\n`);
}

/** `get` of one key. */
export function encodeGet(key: string | Uint8Array): Buffer {
  return Buffer.concat([Buffer.from("get "), checkedKey(key), CRLF]);
}

/** `delete` of one key. */
export function encodeDelete(key: string | Uint8Array): Buffer {
  return Buffer.concat([Buffer.from("delete "), checkedKey(key), CRLF]);
}

/** `set`. The value is any bytes; `exptime` in seconds, 0 for never, beyond 30 days a Unix time. */
export function encodeSet(
  key: string | Uint8Array,
  value: string | Uint8Array,
  { flags = 0, exptime = 0 }: { flags?: number; exptime?: number } = {},
): Buffer {
  const data = Buffer.from(value);
  const numbers = [
    checkedInteger("flags", flags, 0, 0xffff_ffff),
    checkedInteger("exptime", exptime, 0, 0x7fff_ffff),
    checkedInteger("length", data.length, 0, 0x3fff_ffff),
  ];
  return Buffer.concat([
    Buffer.from("set "),
    checkedKey(key),
    Buffer.from(` ${numbers.join(" ")}\r\n`),
    data,
    CRLF,
  ]);
}

/**
 * Signs in to an authfile node: a `set` of any key whose value is `<user> <password>`. To be sent only after
 * `CLIENT_ERROR unauthenticated`: anywhere else it stores the password as an item.
 */
export function encodeAuthfileLogin(username: string, password: string): Buffer {
  return encodeSet("auth", `${username} ${password}`);
}

function refused(field: string, found: string, allowed: string): InputError {
  return new InputError([{ field, found, allowed }]);
}
