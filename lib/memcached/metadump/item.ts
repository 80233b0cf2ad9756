/**
 * One line of a metadump: `key=… exp=-1 la=… cas=… fetch=no cls=1 size=67`, from 1.6.45 with `flags=…` and a trailing
 * blank. The key is URI-encoded. Source: memcached `doc/protocol.txt`, "LRU_Crawler".
 */
import type { MetadumpItem } from "../contract";
import { MAX_KEY_BYTES } from "../key-bytes";

const BLANK = 0x20;
const EQUALS = 0x3d;
const PERCENT = 0x25;
const MINUS = 0x2d;
/** `key=` */
const KEY_AT = 4;
/** Longest number that a JavaScript number represents exactly; times and sizes have fewer digits. */
const MAX_DIGITS = 15;
const MAX_CAS_DIGITS = 20;
/** Longest known field name; longer ones are ignored. */
const MAX_NAME = 5;

const EXP = codeOf("exp");
const LA = codeOf("la");
const CAS = codeOf("cas");
const FETCH = codeOf("fetch");
const CLS = codeOf("cls");
const SIZE = codeOf("size");

/** Parses lines in place. One object for a complete dump: its values are valid until the next line is read. */
export class MetadumpLine implements MetadumpItem {
  exp = 0;
  la = 0;
  fetched = false;
  cls: number | null = null;
  size: number | null = null;
  keyBytes = 0;
  private bytes: Buffer = Buffer.alloc(0);
  private keyEnd = 0;
  private keyStart = 0;
  private casAt = 0;
  private casEnd = 0;

  get cas(): string | null {
    return this.casBytes === 0 ? null : this.bytes.toString("latin1", this.casAt, this.casEnd);
  }

  key(): Buffer {
    const key = Buffer.allocUnsafe(this.keyBytes);
    this.copyKey(key, 0);
    return key;
  }

  copyKey(target: Uint8Array, at: number): number {
    const { bytes, keyEnd } = this;
    let to = at;
    for (let from = this.keyStart; from < keyEnd; from++, to++) {
      const byte = bytes[from] as number;
      if (byte === PERCENT) {
        target[to] = pair(bytes, from + 1);
        from += 2;
      } else target[to] = byte;
    }
    return to - at;
  }

  get casBytes(): number {
    const length = this.casEnd - this.casAt;
    return length === 1 && this.bytes[this.casAt] === 0x30 ? 0 : length;
  }

  copyCas(target: Uint8Array, at: number): number {
    const { bytes, casAt, casBytes } = this;
    for (let i = 0; i < casBytes; i++) target[at + i] = bytes[casAt + i] as number;
    return casBytes;
  }

  /** Parses `bytes[from..to)`, a line that begins with `key=`, without its line end. False if the line is invalid. */
  read(bytes: Buffer, from: number, to: number): boolean {
    this.bytes = bytes;
    this.cls = null;
    this.size = null;
    this.casAt = 0;
    this.casEnd = 0;
    let at = this.readKey(bytes, from + KEY_AT, to);
    if (at < 0) return false;
    let required = 0;
    while (at < to) {
      if (bytes[at] !== BLANK) return false;
      if (++at === to) break;
      const nameAt = at;
      while (at < to && bytes[at] !== EQUALS) at++;
      if (at === to) return false;
      const name = nameCode(bytes, nameAt, at);
      const valueAt = ++at;
      while (at < to && bytes[at] !== BLANK) at++;
      const value = this.take(name, bytes, valueAt, at);
      if (value < 0) return false;
      required += value;
    }
    // Every version has exp, la, and fetch.
    return required >= 3;
  }

  /** The end of the key, or -1 if it is invalid. */
  private readKey(bytes: Buffer, from: number, to: number): number {
    let at = from;
    let length = 0;
    for (; at < to; at++, length++) {
      const byte = bytes[at] as number;
      if (byte === BLANK) break;
      if (byte !== PERCENT) continue;
      if (at + 2 >= to || pair(bytes, at + 1) < 0) return -1;
      at += 2;
    }
    if (length === 0 || length > MAX_KEY_BYTES) return -1;
    this.keyStart = from;
    this.keyEnd = at;
    this.keyBytes = length;
    return at;
  }

  /** 1 for a field that every version has, 0 for any other, -1 for an invalid value. */
  private take(name: number, bytes: Buffer, from: number, to: number): number {
    switch (name) {
      case EXP:
        this.exp = wholeNumber(bytes, from, to);
        return Number.isNaN(this.exp) ? -1 : 1;
      case LA:
        this.la = wholeNumber(bytes, from, to);
        return Number.isNaN(this.la) ? -1 : 1;
      case FETCH:
        this.fetched = bytes[from] === 0x79;
        return from === to ? -1 : 1;
      case CAS:
        if (to - from > MAX_CAS_DIGITS || !allDigits(bytes, from, to)) return -1;
        this.casAt = from;
        this.casEnd = to;
        return 0;
      case CLS:
        this.cls = wholeNumber(bytes, from, to);
        return Number.isNaN(this.cls) ? -1 : 0;
      case SIZE:
        this.size = wholeNumber(bytes, from, to);
        return Number.isNaN(this.size) ? -1 : 0;
      default:
        return 0;
    }
  }
}

/** Whether the key of the line at `from` begins with `prefix`, compared decoded. */
export function keyBeginsWith(bytes: Buffer, from: number, to: number, prefix: Uint8Array): boolean {
  let at = from + KEY_AT;
  for (let i = 0; i < prefix.length; i++, at++) {
    if (at >= to) return false;
    const byte = bytes[at] as number;
    if (byte === PERCENT) {
      if (at + 2 >= to || pair(bytes, at + 1) !== prefix[i]) return false;
      at += 2;
    } else if (byte !== prefix[i] || byte === BLANK) return false;
  }
  return true;
}

/** Two hexadecimal digits as a byte; negative if they are invalid. */
function pair(bytes: Uint8Array, at: number): number {
  const high = nibble(bytes[at] as number);
  const low = nibble(bytes[at + 1] as number);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

function nibble(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  if (byte >= 0x41 && byte <= 0x46) return byte - 0x37;
  if (byte >= 0x61 && byte <= 0x66) return byte - 0x57;
  return -1;
}

/** NaN for anything but a whole number. */
function wholeNumber(bytes: Buffer, from: number, to: number): number {
  const negative = bytes[from] === MINUS;
  const digitsAt = negative ? from + 1 : from;
  if (to - digitsAt > MAX_DIGITS || !allDigits(bytes, digitsAt, to)) return Number.NaN;
  let value = 0;
  for (let at = digitsAt; at < to; at++) value = value * 10 + (bytes[at] as number) - 0x30;
  return negative ? -value : value;
}

function allDigits(bytes: Buffer, from: number, to: number): boolean {
  if (from >= to) return false;
  for (let at = from; at < to; at++) {
    const byte = bytes[at] as number;
    if (byte < 0x30 || byte > 0x39) return false;
  }
  return true;
}

function codeOf(name: string): number {
  return nameCode(Buffer.from(name), 0, name.length);
}

/** A name of lowercase letters as a unique number, in base 27. 0 for any other name. */
function nameCode(bytes: Buffer, from: number, to: number): number {
  if (to - from > MAX_NAME) return 0;
  let code = 0;
  for (let at = from; at < to; at++) {
    const letter = (bytes[at] as number) - 0x60;
    if (letter < 1 || letter > 26) return 0;
    code = code * 27 + letter;
  }
  return code;
}
