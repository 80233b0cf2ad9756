/** Looks up the item of a key in the form of the API. */
import type { NodeClient } from "@/lib/memcached/contract";
import type { ItemInfo } from "@/lib/memcached/key-contract";
import { CapabilityError, NotFoundError } from "@/lib/model/errors";
import type { KeyItem } from "@/lib/model/node/keys.schema";
import { keyName } from "./key-name";
import { unpack } from "./unpack";
import { detectFormat, type FormattedValue } from "./value-format";

/** Most bytes of a value for preview, packed or unpacked, and for download: the default `item_size_max`. */
export const PREVIEW_BYTES = 1_048_576;

type KeyNode = Pick<NodeClient, "id" | "withKeys">;

/**
 * Looks up a key, without touching the item if the node supports that, with the first `PREVIEW_BYTES` of its value.
 * @throws NodeError, CapabilityError
 */
export async function lookUpKey(node: KeyNode, key: Buffer): Promise<KeyItem> {
  const item = await node.withKeys((keys) => keys.inspect(key, PREVIEW_BYTES));
  const name = { ...keyName(key), node: node.id };
  return item === null ? { ...name, ...MISSING } : { ...name, ...(await describe(item)) };
}

/**
 * The complete value of a key.
 * @throws NotFoundError without an item, CapabilityError for more than `PREVIEW_BYTES`, NodeError
 */
export async function readValue(node: KeyNode, key: Buffer): Promise<Buffer> {
  const item = await node.withKeys((keys) => keys.inspect(key, PREVIEW_BYTES));
  if (item === null) throw new NotFoundError(`${node.id} has no item with this key`);
  if (item.value !== null && item.value.length === item.size) return item.value;
  throw new CapabilityError(
    `the value has ${item.size} bytes; only values of up to ${PREVIEW_BYTES} bytes can be downloaded`,
  );
}

const MISSING = {
  found: false,
  flags: null,
  size: null,
  ttlSeconds: null,
  lastAccessSeconds: null,
  fetched: null,
  cas: null,
  bumped: false,
  format: null,
  encoding: null,
  value: null,
  unpacked: null,
  truncated: false,
} as const;

async function describe({
  value,
  cas,
  ...info
}: ItemInfo): Promise<Omit<KeyItem, "key" | "keyEncoding" | "node">> {
  const common = { found: true, ...info, cas: cas === null ? null : cas.toString() };
  if (value === null) {
    return { ...common, format: null, encoding: null, value: null, unpacked: null, truncated: info.size > 0 };
  }
  const complete = value.length === info.size;
  const outer = detectFormat(value, complete);
  const inner = outer.text === null ? await unpack(value, complete, PREVIEW_BYTES) : null;
  if (inner === null) {
    // Begins like gzip, but cannot be unpacked.
    const format = outer.format === "gzip" ? "binary" : outer.format;
    return { ...common, ...encode(value, { ...outer, format }), unpacked: null, truncated: !complete };
  }
  const { bytes, truncated, packing } = inner;
  const unpacked = { ...encode(bytes, detectFormat(bytes, !truncated)), size: bytes.length, truncated };
  return { ...common, ...encode(value, { format: packing, text: null }), unpacked, truncated: !complete };
}

type EncodedValue = Pick<NonNullable<KeyItem["unpacked"]>, "format" | "encoding" | "value">;

function encode(bytes: Buffer, { format, text }: FormattedValue): EncodedValue {
  return text === null
    ? { format, encoding: "base64", value: bytes.toString("base64") }
    : { format, encoding: "utf8", value: text };
}
