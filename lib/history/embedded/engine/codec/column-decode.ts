/** Decodes columns; `column.ts` describes the format. */
import { packedBytes, unpackBits } from "./bits";
import { ByteReader } from "./bytes";
import { BLOCK, CONSTANT, DOUBLES, HAS_GAPS, NEIGHBOURS, REST_IS_EQUAL, WIDTH_MASK } from "./column";

/** The present values without gaps, and for each index whether its value is present (1) or NaN (0). */
let present = new Float64Array(0);
let presence = new Uint8Array(0);

function scratch(total: number): void {
  if (present.length >= total) return;
  present = new Float64Array(total);
  presence = new Uint8Array(total);
}

/**
 * Reads a column back into `out[0..total)`. With `wanted`, sequences whose entry is 0 are skipped and
 * their part of `out` stays unchanged.
 */
export function decodeColumn(
  bytes: Uint8Array,
  out: Float64Array,
  total: number,
  sequence: number,
  scale: number | null,
  wanted: Uint8Array | null = null,
): void {
  scratch(total);
  const reader = new ByteReader(bytes, 1);
  const flags = bytes[0] as number;
  const gaps = (flags & HAS_GAPS) !== 0;
  if (gaps) decodeGaps(reader, total);
  if ((flags & (CONSTANT | DOUBLES)) !== 0) {
    decodePlain(reader, flags, out, total, scale, gaps);
    return;
  }
  const unit = scale ?? 1;
  for (let start = 0, order = 0; start < total; start += sequence, order++) {
    const length = Math.min(sequence, total - start);
    let count = length;
    if (gaps) {
      count = 0;
      for (let index = start; index < start + length; index++) count += presence[index] as number;
    }
    if (wanted !== null && wanted[order] === 0) skipSequence(reader, count);
    else {
      decodeSequence(reader, count, gaps ? present : out, gaps ? 0 : start, unit);
      if (gaps) spread(out, start, start + length, present);
    }
  }
}

function decodeGaps(reader: ByteReader, total: number): void {
  let state = 1;
  for (let index = 0; index < total; ) {
    const end = Math.min(total, index + reader.uint());
    presence.fill(state, index, end);
    index = end;
    state ^= 1;
    if (reader.done) break;
  }
}

/** Writes the values of `source` to the present indexes, and NaN to all others. */
function spread(out: Float64Array, from: number, to: number, source: Float64Array): void {
  let at = 0;
  for (let index = from; index < to; index++) {
    out[index] = presence[index] === 1 ? (source[at++] as number) : Number.NaN;
  }
}

function decodePlain(
  reader: ByteReader,
  flags: number,
  out: Float64Array,
  total: number,
  scale: number | null,
  gaps: boolean,
): void {
  let count = 1;
  if ((flags & CONSTANT) === 0) {
    count = total;
    if (gaps) {
      count = 0;
      for (let index = 0; index < total; index++) count += presence[index] as number;
    }
  }
  const dense = new Float64Array(count);
  if ((flags & DOUBLES) !== 0) dense.set(new Float64Array(new Uint8Array(reader.take(count * 8)).buffer));
  else dense[0] = reader.int();
  const unit = scale ?? 1;
  for (let index = 0, at = 0; index < total; index++) {
    if (gaps && presence[index] === 0) out[index] = Number.NaN;
    else out[index] = (dense[(flags & CONSTANT) !== 0 ? 0 : at++] as number) / unit;
  }
}

function decodeSequence(
  reader: ByteReader,
  count: number,
  out: Float64Array,
  from: number,
  unit: number,
): void {
  const end = from + count;
  let at = from;
  while (at < end) {
    const head = reader.bytes[reader.at++] ?? REST_IS_EQUAL;
    const size = Math.min(BLOCK, end - at);
    if ((head & REST_IS_EQUAL) !== 0) {
      out.fill(reader.int() / unit, at, end);
      return;
    }
    decodeBlock(reader, head, out, at, size);
    if (unit !== 1)
      for (let index = at; index < at + size; index++) out[index] = (out[index] as number) / unit;
    at += size;
  }
}

function decodeBlock(reader: ByteReader, head: number, out: Float64Array, at: number, size: number): void {
  const width = head & WIDTH_MASK;
  const first = reader.int();
  if ((head & NEIGHBOURS) === 0) {
    if (width === 0) {
      out.fill(first, at, at + size);
      return;
    }
    reader.at = unpackBits(reader.bytes, reader.at, out, at, size, width);
    for (let index = at; index < at + size; index++) out[index] = (out[index] as number) + first;
    return;
  }
  const lowStep = reader.int();
  out[at] = first;
  if (width === 0) out.fill(0, at + 1, at + size);
  else reader.at = unpackBits(reader.bytes, reader.at, out, at + 1, size - 1, width);
  let value = first;
  for (let index = at + 1; index < at + size; index++) {
    value += (out[index] as number) + lowStep;
    out[index] = value;
  }
}

function skipSequence(reader: ByteReader, count: number): void {
  for (let remaining = count; remaining > 0; remaining -= BLOCK) {
    const head = reader.bytes[reader.at++] ?? REST_IS_EQUAL;
    reader.uint();
    if ((head & REST_IS_EQUAL) !== 0) return;
    const size = Math.min(BLOCK, remaining);
    if ((head & NEIGHBOURS) !== 0) reader.uint();
    reader.at += packedBytes((head & NEIGHBOURS) !== 0 ? size - 1 : size, head & WIDTH_MASK);
  }
}
