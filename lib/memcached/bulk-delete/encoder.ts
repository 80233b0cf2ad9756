/** Commands of a bulk delete. Source: memcached `doc/protocol.txt`, "Meta Delete", "Deletion". */
import type { BulkDeleteCommand, BulkDeleteKind } from "../contract";
import { invalidInput, isTextKey, MAX_KEY_BYTES } from "../key-bytes";
import { checkedInteger, encodeKey, encodeLine, MAX_BASE64_KEY_BYTES } from "../text/encoder";

/** Whether a command can contain this key: as it is, or in base64 if the node has meta commands. */
export function isEncodable(key: Uint8Array, meta: boolean): boolean {
  if (key.length === 0 || key.length > MAX_KEY_BYTES) return false;
  return isTextKey(key) || (meta && key.length <= MAX_BASE64_KEY_BYTES);
}

/**
 * `md`: deletes an item or marks it as stale, unless its CAS has changed. The reply is one line: `HD`, `NF`, `EX`, or
 * an error. The quiet flag is not used: its meaning for misses differs between versions.
 */
export function encodeMetaDelete({ key, cas }: BulkDeleteCommand, kind: BulkDeleteKind): Buffer {
  const { token, base64 } = encodeKey(key);
  const flags = base64 ? ["b"] : [];
  if (cas !== null) flags.push(`C${checkedCas(cas)}`);
  if (kind.kind === "stale") {
    flags.push("I");
    if (kind.exptime !== null) flags.push(`T${checkedInteger("exptime", kind.exptime, 0, 0xffff_ffff)}`);
  }
  return encodeLine("md", token, ...flags);
}

function checkedCas(cas: string): string {
  if (/^\d{1,20}$/.test(cas)) return cas;
  throw invalidInput("cas", "other text", "1 to 20 digits");
}
