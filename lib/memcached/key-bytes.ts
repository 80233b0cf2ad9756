/** From the written form of a key to its bytes. Every key from outside passes through here. */
import type { KeyEncoding } from "@/lib/model/actions/action";
import { InputError } from "@/lib/model/errors";

/** Longest key of the text and binary protocols, in bytes. */
export const MAX_KEY_BYTES = 250;

/**
 * The bytes of a key. With `utf8`, those of the text, which must be valid in the text protocol; with `base64` (standard
 * or URL-safe alphabet, padding optional), any 1 to 250 bytes.
 * @throws InputError
 */
export function keyBytes(key: string, encoding: KeyEncoding, field = "key"): Buffer {
  if (encoding === "utf8") {
    // An unpaired surrogate has no UTF-8 form: encoding it would name another key.
    if (/\p{Surrogate}/u.test(key)) throw invalidInput(field, "an unpaired surrogate", "well-formed text");
    return checkedKey(key, field);
  }
  const bytes = base64Bytes(key);
  if (bytes === null) throw invalidInput(field, "other text", "base64 (as set by keyEncoding)");
  checkLength(bytes, field);
  return bytes;
}

/** The bytes of a key that a command can contain: 1 to 250, without blanks, control characters, and DEL. */
export function checkedKey(key: string | Uint8Array, field = "key"): Buffer {
  const bytes = Buffer.from(key);
  checkLength(bytes, field);
  for (const byte of bytes) {
    if (byte <= 0x20 || byte === 0x7f) {
      const found = `byte 0x${byte.toString(16).padStart(2, "0")}`;
      throw invalidInput(field, found, "bytes above 0x20 other than 0x7f");
    }
  }
  return bytes;
}

/** The bytes that base64 text encodes; null for text that is not valid base64. */
export function base64Bytes(text: string): Buffer | null {
  const standard = text.replaceAll("-", "+").replaceAll("_", "/").replace(/=+$/, "");
  if (!/^[A-Za-z0-9+/]*$/.test(standard) || standard.length % 4 === 1) return null;
  const bytes = Buffer.from(standard, "base64");
  return bytes.toString("base64").replace(/=+$/, "") === standard ? bytes : null;
}

/** Whether the text protocol accepts the key as it is. */
export function isTextKey(key: Uint8Array): boolean {
  for (const byte of key) if (byte <= 0x20 || byte === 0x7f) return false;
  return true;
}

export function invalidInput(field: string, found: string, allowed: string): InputError {
  return new InputError([{ field, found, allowed }]);
}

function checkLength(bytes: Buffer, field: string): void {
  if (bytes.length > 0 && bytes.length <= MAX_KEY_BYTES) return;
  throw invalidInput(field, `${bytes.length} bytes`, `1 to ${MAX_KEY_BYTES} bytes`);
}
