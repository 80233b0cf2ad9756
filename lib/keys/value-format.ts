/**
 * What a value looks like, judged by its bytes alone. Nothing here runs or rebuilds what a value describes: the formats
 * of PHP, Java and Python are told by their marks.
 */
import type { ValueFormat } from "@/lib/model/node/keys.schema";

/** What a value is and how it can be shown; `text` is null where bytes are no text. */
export interface Recognised {
  readonly format: ValueFormat;
  readonly text: string | null;
}

/**
 * Recognises everything but what has to be unpacked to be sure of (see `unpack`). `whole` is false for the beginning of
 * a longer value.
 */
export function recognise(bytes: Uint8Array, whole: boolean): Recognised {
  const text = textOf(bytes, whole);
  if (text !== null) return { format: textFormat(text, whole), text };
  return { format: binaryFormat(bytes, whole), text: null };
}

/** The text that the bytes are in UTF-8, when it is one that people write: no control characters but line ends and tabs. */
export function textOf(bytes: Uint8Array, whole: boolean): string | null {
  try {
    // A cut value may end in the middle of a character; `stream` waits for the rest of it.
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes, { stream: !whole });
    return isReadable(text) ? text : null;
  } catch {
    return null;
  }
}

function isReadable(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if ((code < 0x20 && code !== 9 && code !== 10 && code !== 13) || code === 0x7f) return false;
  }
  return true;
}

function textFormat(text: string, whole: boolean): ValueFormat {
  // `decr` leaves blanks behind a number that has become shorter.
  if (/^-?\d{1,30}(\.\d{1,30})? *$/.test(text)) return "number";
  if (isPhp(text, whole)) return "php";
  if (isPickleText(text, whole)) return "pickle";
  return isJson(text, whole) ? "json" : "text";
}

/** `serialize()` of PHP: a type's letter, then what belongs to it. */
function isPhp(text: string, whole: boolean): boolean {
  if (text === "N;" || /^(?:b:[01]|i:[+-]?\d+|d:[-+.\deEINFA]+);$/.test(text)) return true;
  if (!/^(?:s:\d+:"|a:\d+:\{|[OE]:\d+:"|C:\d+:"[^"]*":\d+:\{)/.test(text)) return false;
  return !whole || text.endsWith(text.startsWith("s:") || text.startsWith("E:") ? '";' : "}");
}

/** A mark and its list, dictionary or first item; a class by its name; a string; or a number and the end. */
const PICKLE_TEXT =
  /^(?:\([dlt]p?\d*\n|\((?:[VS][^\n]*\np\d+|[IFL][-+.\deL]+)\n|c[A-Za-z_][\w.]*\n[A-Za-z_]\w*\n|[VS][^\n]*\np\d+\n|[IFL][-+.\deL]+\n\.$)/;

/** Protocol 0 of Python's pickle is lines of text that end with a full stop. */
function isPickleText(text: string, whole: boolean): boolean {
  if (whole && !text.endsWith(".")) return false;
  return PICKLE_TEXT.test(text);
}

function isJson(text: string, whole: boolean): boolean {
  const begun = /^\s*(?:\{\s*(?:"|\})|\[)/.test(text);
  if (!whole) return begun;
  if (!begun && !/^\s*(?:"|true|false|null)/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function binaryFormat(bytes: Uint8Array, whole: boolean): ValueFormat {
  const [a, b, c, d] = bytes;
  if (a === 0x1f && b === 0x8b && c === 8) return "gzip";
  // Java Object Serialization Specification, "Stream Elements": STREAM_MAGIC, STREAM_VERSION.
  if (a === 0xac && b === 0xed && c === 0 && d === 5) return "java";
  // Protocols 2 to 5 begin with PROTO and end with STOP.
  if (a === 0x80 && b !== undefined && b >= 2 && b <= 5 && (!whole || bytes.at(-1) === 0x2e)) return "pickle";
  return isPhpBytes(bytes, whole) ? "php" : "binary";
}

/** PHP writes strings as they are, and NUL around the names of what is private. */
function isPhpBytes(bytes: Uint8Array, whole: boolean): boolean {
  return isPhp(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1"), whole);
}
