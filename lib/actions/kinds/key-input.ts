/** The common input of the actions on one key. */
import { isTextKey, keyBytes } from "@/lib/memcached/key-bytes";
import { MAX_EXPTIME } from "@/lib/memcached/key-contract";
import type { KeyEncoding } from "@/lib/model/actions/action";
import { InputError } from "@/lib/model/errors";
import type { Capability } from "@/lib/model/node/capability";

export interface KeyInput {
  readonly key: string;
  readonly keyEncoding: KeyEncoding;
}

/** @throws InputError */
export function keyOf({ key, keyEncoding }: KeyInput): Buffer {
  return keyBytes(key, keyEncoding, "input.key");
}

/** The capability that this key needs; null: none, every node can do it. */
export function capabilityOfKey(input: KeyInput): Capability | null {
  return isTextKey(keyOf(input)) ? null : "base64_keys";
}

/** @throws InputError for a Unix time that some versions take for a past one */
export function checkExptime(exptime: number): void {
  if (exptime <= MAX_EXPTIME) return;
  const allowed = `-1, 0, seconds up to 2592000, or a Unix time up to ${MAX_EXPTIME}`;
  throw new InputError([{ field: "input.exptime", found: String(exptime), allowed }]);
}
