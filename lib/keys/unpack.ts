/** Unpacks compressed values up to a limit: a small value can expand to any size. */
import { createGunzip, createInflate } from "node:zlib";

export interface UnpackedValue {
  readonly packing: "gzip" | "zlib";
  readonly bytes: Buffer;
  /** Whether the bytes are incomplete, because of the limit or a truncated value. */
  readonly truncated: boolean;
}

/**
 * Unpacks gzip, zlib, and zlib after four bytes of length (php-memcached), up to `limit` bytes; null for anything else and
 * for corrupt data. `complete`: false for the start of a longer value.
 */
export async function unpack(bytes: Buffer, complete: boolean, limit: number): Promise<UnpackedValue | null> {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8) {
    return packed("gzip", await inflate("gzip", bytes, complete, limit));
  }
  if (isZlib(bytes, 0)) return packed("zlib", await inflate("zlib", bytes, complete, limit));
  if (!isZlib(bytes, 4)) return null;
  const result = await inflate("zlib", bytes.subarray(4), complete, limit);
  // The length must match; otherwise the bytes only resemble zlib.
  const length = bytes.readUInt32LE(0);
  const matches =
    result !== null && (result.truncated ? length > result.bytes.length : length === result.bytes.length);
  return matches ? packed("zlib", result) : null;
}

/** RFC 1950, 2.2: deflate, a window of at most 32 kB, a checksum of both bytes, no preset dictionary. */
function isZlib(bytes: Buffer, at: number): boolean {
  const [method = 0, flags = 0] = bytes.subarray(at, at + 2);
  if (bytes.length < at + 6 || (method & 0x0f) !== 8 || method >> 4 > 7) return false;
  return (method * 256 + flags) % 31 === 0 && (flags & 0x20) === 0;
}

type InflateResult = Omit<UnpackedValue, "packing">;

function packed(packing: UnpackedValue["packing"], result: InflateResult | null): UnpackedValue | null {
  return result === null ? null : { packing, ...result };
}

function inflate(
  packing: UnpackedValue["packing"],
  bytes: Buffer,
  complete: boolean,
  limit: number,
): Promise<InflateResult | null> {
  return new Promise((resolve) => {
    const stream = packing === "gzip" ? createGunzip() : createInflate();
    const pieces: Buffer[] = [];
    let length = 0;
    const end = (truncated: boolean) => {
      stream.destroy();
      resolve({ bytes: Buffer.concat(pieces).subarray(0, limit), truncated });
    };
    stream.on("data", (piece: Buffer) => {
      pieces.push(piece);
      length += piece.length;
      if (length > limit) end(true);
    });
    stream.on("end", () => end(!complete));
    // A truncated value ends early: the bytes so far are the start.
    stream.on("error", () => (complete || length === 0 ? resolve(null) : end(true)));
    stream.end(bytes);
  });
}
