/** Commands that remove one item of many. Source: memcached `doc/protocol.txt`, "Meta Delete", "Deletion". */
import { InputError } from "@/lib/model/errors";
import type { BulkDeleteCommand, BulkDeleteKind } from "../contract";
import { isTextKey } from "../key-bytes";
import { checkedInteger, MAX_KEY_BYTES } from "../text/encoder";
import { MAX_BASE64_KEY_BYTES, wireKey } from "../text/key-encoder";

const CRLF = Buffer.from("\r\n");

/**
 * Whether a command can name this key: as it is, or in base64 by the meta commands' `b` flag where there are any.
 */
export function canName(key: Uint8Array, meta: boolean): boolean {
  if (key.length === 0 || key.length > MAX_KEY_BYTES) return false;
  return isTextKey(key) || (meta && key.length <= MAX_BASE64_KEY_BYTES);
}

/**
 * `md`: deletes an item, or marks it as stale, unless its CAS is another one by now. Answered by one line: `HD`,
 * `NF`, `EX`, or an error. Without the quiet flag, whose meaning for misses differs between versions.
 */
export function encodeMetaDelete({ key, cas }: BulkDeleteCommand, kind: BulkDeleteKind): Buffer {
  const { token, base64 } = wireKey(key);
  let flags = base64 ? " b" : "";
  if (cas !== null) flags += ` C${checkedCas(cas)}`;
  if (kind.kind === "stale") {
    flags += " I";
    if (kind.exptime !== null) flags += ` T${checkedInteger("exptime", kind.exptime, 0, 0xffff_ffff)}`;
  }
  return Buffer.concat([Buffer.from("md "), token, Buffer.from(flags), CRLF]);
}

function checkedCas(cas: string): string {
  if (/^\d{1,20}$/.test(cas)) return cas;
  throw new InputError([{ field: "cas", found: "another text", allowed: "1 to 20 digits" }]);
}
