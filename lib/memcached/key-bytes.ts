/** A key from its writing to its bytes: the one gate for every key that comes in. */
import type { KeyEncoding } from "@/lib/model/actions/action";
import { InputError } from "@/lib/model/errors";
import { checkedKey, MAX_KEY_BYTES } from "./text/encoder";

/**
 * The bytes of a key. Under `utf8` those of the text, none of which the text protocol forbids; under `base64` (standard
 * or URL-safe letters, padding optional) any 1 to 250 bytes.
 * @throws InputError
 */
export function keyBytes(key: string, encoding: KeyEncoding, field = "key"): Buffer {
  if (encoding === "utf8") {
    // Half a surrogate pair has no bytes: writing it would name another key.
    if (/\p{Surrogate}/u.test(key)) throw refused(field, "half a surrogate pair", "well-formed text");
    return named(field, () => checkedKey(key));
  }
  const bytes = base64Bytes(key);
  if (bytes === null) throw refused(field, "other text", "base64, as keyEncoding says");
  if (bytes.length === 0 || bytes.length > MAX_KEY_BYTES) {
    throw refused(field, `${bytes.length} bytes`, `1 to ${MAX_KEY_BYTES} bytes`);
  }
  return bytes;
}

/** The bytes that base64 stands for; null for anything that is not base64, however little is wrong with it. */
export function base64Bytes(text: string): Buffer | null {
  const standard = text.replaceAll("-", "+").replaceAll("_", "/").replace(/=+$/, "");
  if (!/^[A-Za-z0-9+/]*$/.test(standard) || standard.length % 4 === 1) return null;
  const bytes = Buffer.from(standard, "base64");
  return bytes.toString("base64").replace(/=+$/, "") === standard ? bytes : null;
}

/** Whether the text protocol takes the key as it is. */
export function isTextKey(key: Uint8Array): boolean {
  for (const byte of key) if (byte <= 0x20 || byte === 0x7f) return false;
  return true;
}

function named(field: string, check: () => Buffer): Buffer {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(error.problems.map((problem) => ({ ...problem, field })));
  }
}

function refused(field: string, found: string, allowed: string): InputError {
  return new InputError([{ field, found, allowed }]);
}
