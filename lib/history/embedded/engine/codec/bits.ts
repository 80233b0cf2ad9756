import type { ByteWriter } from "./bytes";

/** Planes of at most this many bits keep every step of the packing within 32-bit arithmetic. */
const PLANE_BITS = 24;

/** Bits needed for an integer from 0 to 2^53. */
export function bitWidth(value: number): number {
  return value <= 0xffffffff ? 32 - Math.clz32(value) : 64 - Math.clz32(Math.floor(value / 0x100000000));
}

/** Bytes that `count` values of `width` bits take. */
export function packedBytes(count: number, width: number): number {
  let bytes = 0;
  for (let packed = 0; packed < width; packed += PLANE_BITS) {
    bytes += (count * Math.min(PLANE_BITS, width - packed) + 7) >> 3;
  }
  return bytes;
}

/** Packs `values[from..to)`, each from 0 to 2^width - 1, lowest bits first, in planes of at most 24 bits. */
export function packBits(
  writer: ByteWriter,
  values: Float64Array,
  from: number,
  to: number,
  width: number,
): void {
  writer.reserve(packedBytes(to - from, width));
  for (let packed = 0; packed < width; packed += PLANE_BITS) {
    writer.length = packPlane(
      writer,
      values,
      from,
      to,
      Math.min(PLANE_BITS, width - packed),
      packed,
      width > 31,
    );
  }
}

function packPlane(
  writer: ByteWriter,
  values: Float64Array,
  from: number,
  to: number,
  width: number,
  skip: number,
  wide: boolean,
): number {
  const bytes = writer.bytes;
  const unit = 2 ** skip;
  const mask = 2 ** width - 1;
  let at = writer.length;
  let pending = 0;
  let bits = 0;
  for (let index = from; index < to; index++) {
    const value = values[index] as number;
    const part = wide ? (Math.floor(value / unit) % 0x1000000) & mask : (value >>> skip) & mask;
    pending |= part << bits;
    bits += width;
    while (bits >= 8) {
      bytes[at++] = pending & 255;
      pending >>>= 8;
      bits -= 8;
    }
  }
  if (bits > 0) bytes[at++] = pending & 255;
  return at;
}

/** Undoes `packBits`: writes `count` values from `values[from]` on. Returns the offset after the last byte read. */
export function unpackBits(
  bytes: Uint8Array,
  start: number,
  values: Float64Array,
  from: number,
  count: number,
  width: number,
): number {
  let at = start;
  for (let packed = 0; packed < width; packed += PLANE_BITS) {
    at = unpackPlane(bytes, at, values, from, count, Math.min(PLANE_BITS, width - packed), packed);
  }
  return at;
}

function unpackPlane(
  bytes: Uint8Array,
  start: number,
  values: Float64Array,
  from: number,
  count: number,
  width: number,
  skip: number,
): number {
  const unit = 2 ** skip;
  const mask = 2 ** width - 1;
  const end = from + count;
  let at = start;
  let pending = 0;
  let bits = 0;
  for (let index = from; index < end; index++) {
    while (bits < width) {
      pending |= (bytes[at++] as number) << bits;
      bits += 8;
    }
    const part = pending & mask;
    pending >>>= width;
    bits -= width;
    if (skip === 0) values[index] = part;
    else values[index] = (values[index] as number) + part * unit;
  }
  return at;
}
