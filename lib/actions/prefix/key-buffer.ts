/** Keys found by a dump, packed: only their bytes and their CAS, within a fixed number of bytes. */
import type { BulkDeleteCommand, MetadumpItem } from "@/lib/memcached/contract";

/** Memory is allocated in blocks of this many bytes. A record is much shorter. */
const BLOCK_BYTES = 1_048_576;
/** Lengths of key and CAS, one byte each. */
const LENGTHS = 2;

/** Bytes of an item in the buffer. */
export function keyBufferBytes({ keyBytes, casBytes }: Pick<MetadumpItem, "keyBytes" | "casBytes">): number {
  return LENGTHS + keyBytes + casBytes;
}

interface Block {
  readonly bytes: Buffer;
  used: number;
}

export class KeyBuffer {
  /** Items in the buffer. */
  count = 0;
  private readonly blocks: Block[] = [];

  constructor(private readonly mostBytes: number) {}

  /** False: there is no room left, and the item was not added. */
  add(item: MetadumpItem): boolean {
    const length = keyBufferBytes(item);
    const block = this.blockFor(length);
    if (block === null) return false;
    const { bytes, used } = block;
    const keyLength = item.copyKey(bytes, used + LENGTHS);
    bytes[used] = keyLength;
    bytes[used + 1] = item.copyCas(bytes, used + LENGTHS + keyLength);
    block.used += length;
    this.count++;
    return true;
  }

  /** In the order of adding, `most` at a time. Keys are views into the buffer. */
  *batches(most: number): Generator<BulkDeleteCommand[]> {
    let batch: BulkDeleteCommand[] = [];
    for (const { bytes, used } of this.blocks) {
      for (let at = 0; at < used; ) {
        const keyAt = at + LENGTHS;
        const casAt = keyAt + (bytes[at] as number);
        const end = casAt + (bytes[at + 1] as number);
        const cas = end === casAt ? null : bytes.toString("latin1", casAt, end);
        batch.push({ key: bytes.subarray(keyAt, casAt), cas });
        at = end;
        if (batch.length < most) continue;
        yield batch;
        batch = [];
      }
    }
    if (batch.length > 0) yield batch;
  }

  private blockFor(length: number): Block | null {
    const last = this.blocks[this.blocks.length - 1];
    if (last !== undefined && last.used + length <= last.bytes.length) return last;
    const size = Math.min(BLOCK_BYTES, this.mostBytes - this.blocks.length * BLOCK_BYTES);
    if (size < length) return null;
    const block = { bytes: Buffer.allocUnsafeSlow(size), used: 0 };
    this.blocks.push(block);
    return block;
  }
}

/**
 * Which of `parts` an item belongs to by its key, 0 to `parts` − 1: the same in every dump, so that keys that do not
 * fit into one buffer are handled part by part, each item once. FNV-1a.
 */
export function partOf(key: Uint8Array, parts: number): number {
  let hash = 0x811c9dc5;
  for (const byte of key) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0) % parts;
}
