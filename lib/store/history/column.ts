/**
 * How a run of numbers becomes bytes.
 *
 * A column is `total` values cut into sequences of `sequence` values (the last may be shorter): one sequence
 * per node when it holds a span of time. NaN, "not reported", is kept apart from every number by run lengths,
 * so it costs nothing where everything is there. What is there is packed in blocks: smallest value, then the
 * distance from it in as few bits as the block needs; or, where that is shorter, distances between neighbours.
 * A column that never changes is one number. Values with a `scale` are kept as integers of 1/scale; values
 * that are no integers are kept as doubles, so nothing is ever rounded that was not declared to be.
 */
import { bitWidth, packBits, packedBytes, unpackBits } from "./bits";
import { ByteReader, type ByteWriter } from "./bytes";

const HAS_GAPS = 1;
const CONSTANT = 2;
const DOUBLES = 4;

const BLOCK = 60;
const WIDTH_MASK = 63;
const NEIGHBOURS = 64;
const REST_IS_EQUAL = 128;

/** Above this, distances and zigzag numbers would leave the integers that a double holds exactly. */
const LARGEST = 2 ** 50;

let present = new Float64Array(0);
let steps = new Float64Array(0);
let there = new Uint8Array(0);

function scratch(total: number): void {
  if (present.length >= total) return;
  present = new Float64Array(total);
  there = new Uint8Array(total);
  steps = new Float64Array(BLOCK);
}

/** Value as it will be read back: rounded to 1/scale, or untouched without a scale; NaN when not finite. */
export function asKept(value: number, scale: number | null): number {
  if (!Number.isFinite(value)) return Number.NaN;
  return scale === null ? value : Math.round(value * scale) / scale;
}

/** Appends the column to `writer`; writes nothing and returns false when no value is there at all. */
export function encodeColumn(
  writer: ByteWriter,
  values: Float64Array,
  total: number,
  sequence: number,
  scale: number | null,
): boolean {
  scratch(total);
  let count = 0;
  let equal = true;
  let integers = true;
  for (let index = 0; index < total; index++) {
    const value = values[index] as number;
    if (value - value !== 0) {
      there[index] = 0;
      continue;
    }
    there[index] = 1;
    const kept = scale === null ? value : Math.round(value * scale);
    if (kept !== Math.floor(kept) || kept > LARGEST || kept < -LARGEST) integers = false;
    if (count > 0 && kept !== present[0]) equal = false;
    present[count++] = kept;
  }
  if (count === 0) return false;
  writer.reserve(1);
  const flags = (count < total ? HAS_GAPS : 0) | (integers ? 0 : DOUBLES) | (equal ? CONSTANT : 0);
  writer.bytes[writer.length++] = flags;
  if (count < total) encodeGaps(writer, total);
  if (!integers) encodeDoubles(writer, equal ? 1 : count);
  else if (equal) writer.int(present[0] as number);
  else encodeSequences(writer, total, sequence, count < total);
  return true;
}

/** Run lengths: how many are there, how many are not, and so on, the last run left out. */
function encodeGaps(writer: ByteWriter, total: number): void {
  let state = 1;
  let start = 0;
  for (let index = 0; index < total; index++) {
    if (there[index] === state) continue;
    writer.uint(index - start);
    state ^= 1;
    start = index;
  }
  writer.uint(total - start);
}

function encodeDoubles(writer: ByteWriter, count: number): void {
  writer.put(new Uint8Array(present.slice(0, count).buffer));
}

function encodeSequences(writer: ByteWriter, total: number, sequence: number, gaps: boolean): void {
  let at = 0;
  for (let start = 0; start < total; start += sequence) {
    const length = Math.min(sequence, total - start);
    let count = length;
    if (gaps) {
      count = 0;
      for (let index = start; index < start + length; index++) count += there[index] as number;
    }
    encodeSequence(writer, at, at + count);
    at += count;
  }
}

function encodeSequence(writer: ByteWriter, from: number, to: number): void {
  for (let start = from; start < to; start += BLOCK) {
    if (start === from && isEqual(from, to)) {
      writer.reserve(1);
      writer.bytes[writer.length++] = REST_IS_EQUAL;
      writer.int(present[from] as number);
      return;
    }
    encodeBlock(writer, start, Math.min(to, start + BLOCK));
  }
}

function isEqual(from: number, to: number): boolean {
  const first = present[from];
  for (let index = from + 1; index < to; index++) if (present[index] !== first) return false;
  return true;
}

function encodeBlock(writer: ByteWriter, from: number, to: number): void {
  const first = present[from] as number;
  let low = first;
  let high = first;
  let lowStep = Number.POSITIVE_INFINITY;
  let highStep = Number.NEGATIVE_INFINITY;
  let previous = first;
  for (let index = from + 1; index < to; index++) {
    const value = present[index] as number;
    if (value < low) low = value;
    else if (value > high) high = value;
    const step = value - previous;
    if (step < lowStep) lowStep = step;
    if (step > highStep) highStep = step;
    previous = value;
  }
  const width = bitWidth(high - low);
  const stepWidth = to - from > 1 ? bitWidth(highStep - lowStep) : 64;
  writer.reserve(1);
  if (packedBytes(to - from - 1, stepWidth) + 3 < packedBytes(to - from, width)) {
    writer.bytes[writer.length++] = stepWidth | NEIGHBOURS;
    writer.int(first);
    writer.int(lowStep);
    for (let index = from + 1; index < to; index++) {
      steps[index - from - 1] = (present[index] as number) - (present[index - 1] as number) - lowStep;
    }
    packBits(writer, steps, 0, to - from - 1, stepWidth);
    return;
  }
  writer.bytes[writer.length++] = width;
  writer.int(low);
  for (let index = from; index < to; index++) steps[index - from] = (present[index] as number) - low;
  packBits(writer, steps, 0, to - from, width);
}

/**
 * Reads a column back into `out[0..total)`. With `wanted`, sequences whose entry is 0 are passed over and
 * their part of `out` is left as it was.
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
      for (let index = start; index < start + length; index++) count += there[index] as number;
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
    there.fill(state, index, end);
    index = end;
    state ^= 1;
    if (reader.done) break;
  }
}

/** Puts the dense `source` where values are there, NaN elsewhere. */
function spread(out: Float64Array, from: number, to: number, source: Float64Array): void {
  let at = 0;
  for (let index = from; index < to; index++) {
    out[index] = there[index] === 1 ? (source[at++] as number) : Number.NaN;
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
      for (let index = 0; index < total; index++) count += there[index] as number;
    }
  }
  const dense = new Float64Array(count);
  if ((flags & DOUBLES) !== 0) dense.set(new Float64Array(new Uint8Array(reader.take(count * 8)).buffer));
  else dense[0] = reader.int();
  const unit = scale ?? 1;
  for (let index = 0, at = 0; index < total; index++) {
    if (gaps && there[index] === 0) out[index] = Number.NaN;
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
  for (let left = count; left > 0; left -= BLOCK) {
    const head = reader.bytes[reader.at++] ?? REST_IS_EQUAL;
    reader.uint();
    if ((head & REST_IS_EQUAL) !== 0) return;
    const size = Math.min(BLOCK, left);
    if ((head & NEIGHBOURS) !== 0) reader.uint();
    reader.at += packedBytes((head & NEIGHBOURS) !== 0 ? size - 1 : size, head & WIDTH_MASK);
  }
}
