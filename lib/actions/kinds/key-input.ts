/** What the inputs of the key actions have in common. */
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

/** What a node has to be able to do for this key; null: nothing that some lack. */
export function capabilityOfKey(input: KeyInput): Capability | null {
  return isTextKey(keyOf(input)) ? null : "base64_keys";
}

/** @throws InputError for a Unix time that some versions take for one in the past */
export function checkExptime(exptime: number): void {
  if (exptime <= MAX_EXPTIME) return;
  const allowed = `-1, 0, seconds up to 2592000, or a Unix time up to ${MAX_EXPTIME}`;
  throw new InputError([{ field: "input.exptime", found: String(exptime), allowed }]);
}
