/** The written form of a key: text if it is valid in the text protocol and readable, else base64. */
import { isTextKey } from "@/lib/memcached/key-bytes";
import type { KeyEncoding } from "@/lib/model/actions/action";
import { textOf } from "./value-format";

export interface KeyName {
  readonly key: string;
  readonly keyEncoding: KeyEncoding;
}

export function keyName(key: Buffer): KeyName {
  const text = isTextKey(key) ? textOf(key, true) : null;
  return text === null
    ? { key: key.toString("base64"), keyEncoding: "base64" }
    : { key: text, keyEncoding: "utf8" };
}

/** A file name for the value of a key: only letters, digits, `.`, `_`, and `-`, without a leading dot. */
export function fileNameOf(key: Buffer): string {
  const safe = key
    .toString("latin1")
    .replace(/[^A-Za-z0-9._-]+/g, "_")
    .replace(/^[._-]+/, "")
    .slice(0, 100);
  return safe === "" ? "value" : safe;
}
