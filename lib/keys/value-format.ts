/**
 * Detects the format of a value from its bytes. Never deserializes it: the formats of PHP, Java, and Python are detected by
 * their markers.
 */
import type { ValueFormat } from "@/lib/model/node/keys.schema";

/** The format of a value; `text` is null for bytes that are not text. */
export interface FormattedValue {
  readonly format: ValueFormat;
  readonly text: string | null;
}

/** Detects every format that does not require unpacking (see `unpack`). `complete`: false for the start of a longer value. */
export function detectFormat(bytes: Uint8Array, complete: boolean): FormattedValue {
  const text = textOf(bytes, complete);
  if (text !== null) return { format: textFormat(text, complete), text };
  return { format: binaryFormat(bytes, complete), text: null };
}

/** The bytes as UTF-8 text without control characters other than line ends and tabs; null if they are not. */
export function textOf(bytes: Uint8Array, complete: boolean): string | null {
  try {
    // A truncated value can end in the middle of a character; `stream` ignores an incomplete one.
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes, {
      stream: !complete,
    });
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

function textFormat(text: string, complete: boolean): ValueFormat {
  // `decr` replaces removed digits with trailing blanks.
  if (/^-?\d{1,30}(\.\d{1,30})? *$/.test(text)) return "number";
  if (isPhp(text, complete)) return "php";
  if (isPickleText(text, complete)) return "pickle";
  return isJson(text, complete) ? "json" : "text";
}

/** PHP `serialize()`: the letter of a type, then its data. */
function isPhp(text: string, complete: boolean): boolean {
  if (text === "N;" || /^(?:b:[01]|i:[+-]?\d+|d:[-+.\deEINFA]+);$/.test(text)) return true;
  if (!/^(?:s:\d+:"|a:\d+:\{|[OE]:\d+:"|C:\d+:"[^"]*":\d+:\{)/.test(text)) return false;
  return !complete || text.endsWith(text.startsWith("s:") || text.startsWith("E:") ? '";' : "}");
}

/** MARK and its list, dictionary, or first item; a class name; a string; or a number and STOP. */
const PICKLE_TEXT =
  /^(?:\([dlt]p?\d*\n|\((?:[VS][^\n]*\np\d+|[IFL][-+.\deL]+)\n|c[A-Za-z_][\w.]*\n[A-Za-z_]\w*\n|[VS][^\n]*\np\d+\n|[IFL][-+.\deL]+\n\.$)/;

/** Protocol 0 of Python's pickle consists of lines of text and ends with `.`. */
function isPickleText(text: string, complete: boolean): boolean {
  if (complete && !text.endsWith(".")) return false;
  return PICKLE_TEXT.test(text);
}

function isJson(text: string, complete: boolean): boolean {
  const startsLikeJson = /^\s*(?:\{\s*(?:"|\})|\[)/.test(text);
  if (!complete) return startsLikeJson;
  if (!startsLikeJson && !/^\s*(?:"|true|false|null)/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function binaryFormat(bytes: Uint8Array, complete: boolean): ValueFormat {
  const [a, b, c, d] = bytes;
  if (a === 0x1f && b === 0x8b && c === 8) return "gzip";
  // Java Object Serialization Specification, "Stream Elements": STREAM_MAGIC, STREAM_VERSION.
  if (a === 0xac && b === 0xed && c === 0 && d === 5) return "java";
  // Protocols 2 to 5 begin with PROTO and end with STOP.
  if (a === 0x80 && b !== undefined && b >= 2 && b <= 5 && (!complete || bytes.at(-1) === 0x2e))
    return "pickle";
  return isPhpBytes(bytes, complete) ? "php" : "binary";
}

/** PHP does not encode strings, and puts NUL around the names of private members. */
function isPhpBytes(bytes: Uint8Array, complete: boolean): boolean {
  return isPhp(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1"), complete);
}
