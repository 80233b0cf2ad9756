/** One item as the interface tells it. */
import type { NodeClient } from "@/lib/memcached/contract";
import type { ItemInfo } from "@/lib/memcached/key-contract";
import { CapabilityError, NotFoundError } from "@/lib/model/errors";
import type { KeyItem } from "@/lib/model/node/keys.schema";
import { keyName } from "./key-name";
import { unpack } from "./unpack";
import { type Recognised, recognise } from "./value-format";

/** Most bytes of a value that are shown, packed or unpacked, or handed out: the default `item_size_max`. */
export const PREVIEW_BYTES = 1_048_576;

type LookupResult = Pick<NodeClient, "id" | "withKeys">;

/**
 * Looks at a key without touching the item where the node can; a value's first `PREVIEW_BYTES` come with it.
 * @throws NodeError, CapabilityError
 */
export async function lookUpKey(node: LookupResult, key: Buffer): Promise<KeyItem> {
  const look = await node.withKeys((keys) => keys.inspect(key, PREVIEW_BYTES));
  const place = { ...keyName(key), node: node.id };
  return look === null ? { ...place, ...MISSING } : { ...place, ...(await told(look)) };
}

/**
 * A value's bytes.
 * @throws NotFoundError when there is none, CapabilityError when it has more than `PREVIEW_BYTES`, NodeError
 */
export async function wholeValue(node: LookupResult, key: Buffer): Promise<Buffer> {
  const look = await node.withKeys((keys) => keys.inspect(key, PREVIEW_BYTES));
  if (look === null) throw new NotFoundError(`${node.id} has no item under this key`);
  if (look.value !== null && look.value.length === look.size) return look.value;
  throw new CapabilityError(
    `the value has ${look.size} bytes; values of at most ${PREVIEW_BYTES} bytes are handed out`,
  );
}

const MISSING = {
  found: false,
  ...{ flags: null, size: null, ttlSeconds: null, lastAccessSeconds: null, fetched: null, cas: null },
  bumped: false,
  ...{ format: null, encoding: null, value: null, unpacked: null },
  truncated: false,
} as const;

async function told({
  value,
  cas,
  ...look
}: ItemInfo): Promise<Omit<KeyItem, "key" | "keyEncoding" | "node">> {
  const common = { found: true, ...look, cas: cas === null ? null : cas.toString() };
  if (value === null) {
    return { ...common, format: null, encoding: null, value: null, unpacked: null, truncated: look.size > 0 };
  }
  const whole = value.length === look.size;
  const outer = recognise(value, whole);
  const inner = outer.text === null ? await unpack(value, whole, PREVIEW_BYTES) : null;
  if (inner === null) {
    // Begins like gzip, but does not unpack.
    const format = outer.format === "gzip" ? "binary" : outer.format;
    return { ...common, ...shown(value, { ...outer, format }), unpacked: null, truncated: !whole };
  }
  const { bytes, truncated, packing } = inner;
  const unpacked = { ...shown(bytes, recognise(bytes, !truncated)), size: bytes.length, truncated };
  return { ...common, ...shown(value, { format: packing, text: null }), unpacked, truncated: !whole };
}

type Shown = Pick<NonNullable<KeyItem["unpacked"]>, "format" | "encoding" | "value">;

function shown(bytes: Buffer, { format, text }: Recognised): Shown {
  return text === null
    ? { format, encoding: "base64", value: bytes.toString("base64") }
    : { format, encoding: "utf8", value: text };
}
