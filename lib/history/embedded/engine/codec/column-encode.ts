/** Encodes columns; `column.ts` describes the format. */
import { bitWidth, packBits, packedBytes } from "./bits";
import type { ByteWriter } from "./bytes";
import { BLOCK, CONSTANT, DOUBLES, HAS_GAPS, NEIGHBOURS, REST_IS_EQUAL } from "./column";

/** Above this, offsets and zigzag numbers would exceed the integers that a double holds exactly. */
const LARGEST = 2 ** 50;

/** The present values without gaps; for each index whether it is present (1) or NaN (0); one block's offsets. */
let present = new Float64Array(0);
let presence = new Uint8Array(0);
const steps = new Float64Array(BLOCK);

function scratch(total: number): void {
  if (present.length >= total) return;
  present = new Float64Array(total);
  presence = new Uint8Array(total);
}

/** Appends the column to `writer`; writes nothing and returns false when no value is present. */
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
      presence[index] = 0;
      continue;
    }
    presence[index] = 1;
    const stored = scale === null ? value : Math.round(value * scale);
    if (stored !== Math.floor(stored) || stored > LARGEST || stored < -LARGEST) integers = false;
    if (count > 0 && stored !== present[0]) equal = false;
    present[count++] = stored;
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

/** Run lengths: present, absent, present, and so on. */
function encodeGaps(writer: ByteWriter, total: number): void {
  let state = 1;
  let start = 0;
  for (let index = 0; index < total; index++) {
    if (presence[index] === state) continue;
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
      for (let index = start; index < start + length; index++) count += presence[index] as number;
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
