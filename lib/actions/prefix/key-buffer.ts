/** Keys found by a dump, packed: nothing but their bytes and their CAS, and never more than a bound. */
import type { BulkDeleteCommand, DumpedItem } from "@/lib/memcached/contract";

/** Memory is taken in pieces of this many bytes. A record is much shorter. */
const PIECE_BYTES = 1_048_576;
/** Lengths of key and CAS, one byte each. */
const LENGTHS = 2;

/** What an item takes in a spill, in bytes. */
export function keyBufferBytes({ keyBytes, casBytes }: Pick<DumpedItem, "keyBytes" | "casBytes">): number {
  return LENGTHS + keyBytes + casBytes;
}

interface Piece {
  readonly bytes: Buffer;
  used: number;
}

export class KeyBuffer {
  /** Items kept. */
  count = 0;
  private readonly pieces: Piece[] = [];

  constructor(private readonly mostBytes: number) {}

  /** False: there is no room left, and nothing was kept. */
  add(item: DumpedItem): boolean {
    const length = keyBufferBytes(item);
    const piece = this.roomFor(length);
    if (piece === null) return false;
    const { bytes, used } = piece;
    const keyLength = item.copyKey(bytes, used + LENGTHS);
    bytes[used] = keyLength;
    bytes[used + 1] = item.copyCas(bytes, used + LENGTHS + keyLength);
    piece.used += length;
    this.count++;
    return true;
  }

  /** In the order of adding, `most` at a time; keys hold as long as the spill. */
  *batches(most: number): Generator<BulkDeleteCommand[]> {
    let batch: BulkDeleteCommand[] = [];
    for (const { bytes, used } of this.pieces) {
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

  private roomFor(length: number): Piece | null {
    const last = this.pieces[this.pieces.length - 1];
    if (last !== undefined && last.used + length <= last.bytes.length) return last;
    const size = Math.min(PIECE_BYTES, this.mostBytes - this.pieces.length * PIECE_BYTES);
    if (size < length) return null;
    const piece = { bytes: Buffer.allocUnsafeSlow(size), used: 0 };
    this.pieces.push(piece);
    return piece;
  }
}

/**
 * Which of `parts` an item belongs to by its key, 0 to `parts` − 1: the same in every dump, so that what does not
 * fit into one spill is taken part by part, each item once. FNV-1a.
 */
export function partOf(key: Uint8Array, parts: number): number {
  let hash = 0x811c9dc5;
  for (const byte of key) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0) % parts;
}
