/** What is inside a compressed value, to a bound: however much a small value may become. */
import { createGunzip, createInflate } from "node:zlib";

export interface Unpacked {
  readonly packing: "gzip" | "zlib";
  readonly bytes: Buffer;
  /** There is more, or the value was cut. */
  readonly truncated: boolean;
}

/**
 * Unpacks gzip, zlib, and zlib behind four bytes of length (php-memcached); null for anything else and for what breaks
 * before its end. `whole` is false for the beginning of a longer value. At most `limit` bytes come out.
 */
export async function unpack(bytes: Buffer, whole: boolean, limit: number): Promise<Unpacked | null> {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8) {
    return packed("gzip", await inflated("gzip", bytes, whole, limit));
  }
  if (isZlib(bytes, 0)) return packed("zlib", await inflated("zlib", bytes, whole, limit));
  if (!isZlib(bytes, 4)) return null;
  const found = await inflated("zlib", bytes.subarray(4), whole, limit);
  // Those four bytes say how long it becomes: without that it was chance.
  const length = bytes.readUInt32LE(0);
  const right =
    found !== null && (found.truncated ? length > found.bytes.length : length === found.bytes.length);
  return right ? packed("zlib", found) : null;
}

/** RFC 1950, 2.2: deflate, a window of at most 32 kB, a check sum of both bytes, no preset dictionary. */
function isZlib(bytes: Buffer, at: number): boolean {
  const [method = 0, flags = 0] = bytes.subarray(at, at + 2);
  if (bytes.length < at + 6 || (method & 0x0f) !== 8 || method >> 4 > 7) return false;
  return (method * 256 + flags) % 31 === 0 && (flags & 0x20) === 0;
}

type Inflated = Omit<Unpacked, "packing">;

function packed(packing: Unpacked["packing"], inflated: Inflated | null): Unpacked | null {
  return inflated === null ? null : { packing, ...inflated };
}

function inflated(
  packing: Unpacked["packing"],
  bytes: Buffer,
  whole: boolean,
  limit: number,
): Promise<Inflated | null> {
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
    stream.on("end", () => end(!whole));
    // A cut value ends too early: what came out of it so far is its beginning.
    stream.on("error", () => (whole || length === 0 ? resolve(null) : end(true)));
    stream.end(bytes);
  });
}
