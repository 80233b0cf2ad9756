/**
 * Encoding of one batch in two steps: first the columns of every stat, which need no database, then the rows of
 * `tick`, which refer to nodes and stats by number. Unwritten batches are held in the first form.
 */
import { ByteReader, ByteWriter, unzigzag, zigzag } from "./codec/bytes";
import { encodeColumn } from "./codec/column-encode";

/** Rows per batch, so that reading one stat does not read them all. */
export const ROW_PARTS = 8;

/** Nodes per sequence of a tick's column: one packed block, skipped when none of its nodes is read. */
export const ROW_SEQUENCE = 60;

export interface EncodedBatch {
  readonly atMs: number;
  /** Nodes in row order. Batches over the same nodes share the array. */
  readonly nodes: readonly string[];
  /** Column of stat `i`: `bytes[ends[i-1]..ends[i])`, empty when no node reported it; the last is elapsed. */
  readonly bytes: Uint8Array;
  readonly ends: Uint32Array;
}

/** A stat's index in a packed row and its scale. */
export interface RowField {
  readonly slot: number;
  readonly scale: number | null;
}

const writer = new ByteWriter(1 << 16);
let column = new Float64Array(0);

/** Packs rows of `rowLength` numbers, one per node, into one column per field. */
export function encodeBatch(
  atMs: number,
  nodes: readonly string[],
  rows: Float64Array,
  rowLength: number,
  fields: readonly RowField[],
): EncodedBatch {
  const count = nodes.length;
  if (column.length < count) column = new Float64Array(count);
  const ends = new Uint32Array(fields.length);
  writer.clear();
  for (const [index, field] of fields.entries()) {
    for (let row = 0, at = field.slot; row < count; row++, at += rowLength) column[row] = rows[at] as number;
    encodeColumn(writer, column, count, ROW_SEQUENCE, field.scale);
    ends[index] = writer.length;
  }
  return { atMs, nodes, bytes: writer.copy(), ends };
}

/** The column of field `index`; null when no node reported it. */
export function columnOf(batch: EncodedBatch, index: number): Uint8Array | null {
  const from = index === 0 ? 0 : (batch.ends[index - 1] as number);
  const to = batch.ends[index] as number;
  return from === to ? null : batch.bytes.subarray(from, to);
}

/** Node numbers in row order as runs of consecutive numbers. */
export function encodeNodes(numbers: ArrayLike<number>): Uint8Array {
  const out = new ByteWriter(16);
  out.uint(numbers.length);
  let expected = 0;
  for (let row = 0; row < numbers.length; ) {
    const start = numbers[row] as number;
    let length = 1;
    while (row + length < numbers.length && numbers[row + length] === start + length) length++;
    out.uint(zigzag(start - expected));
    out.uint(length);
    expected = start + length;
    row += length;
  }
  return out.copy();
}

function decodeNodes(reader: ByteReader): Int32Array {
  const numbers = new Int32Array(reader.uint());
  let expected = 0;
  for (let row = 0; row < numbers.length; ) {
    const start = expected + unzigzag(reader.uint());
    const length = Math.max(1, Math.min(reader.uint(), numbers.length - row));
    for (let step = 0; step < length; step++) numbers[row + step] = start + step;
    expected = start + length;
    row += length;
  }
  return numbers;
}

/** One `tick` row as bytes: nodes, then the number and the length of each stat, then the columns. */
export function encodeSampleRow(
  part: number,
  batch: EncodedBatch,
  nodes: Uint8Array,
  statIds: ArrayLike<number>,
): Uint8Array | null {
  const listed: number[] = [];
  let bytes = 0;
  for (let index = 0; index < statIds.length; index++) {
    const found = (statIds[index] as number) % ROW_PARTS === part ? columnOf(batch, index) : null;
    if (found === null) continue;
    listed.push(index);
    bytes += found.length + 6;
  }
  if (listed.length === 0) return null;
  const out = new ByteWriter(nodes.length + bytes + 4);
  out.put(nodes);
  out.uint(listed.length);
  for (const index of listed) {
    out.uint(statIds[index] as number);
    out.uint((columnOf(batch, index) as Uint8Array).length);
  }
  for (const index of listed) out.put(columnOf(batch, index) as Uint8Array);
  return out.bytes.subarray(0, out.length);
}

/** A row of `tick`, decoded up to its list of stats. */
export class SampleRow {
  constructor(
    /** Node numbers in row order. */
    readonly nodes: Int32Array,
    private readonly bytes: Uint8Array,
    /** Stat number and end of its column, alternating. */
    private readonly listed: readonly number[],
    private readonly start: number,
  ) {}

  /** A stat's column; undefined when no node reported it. */
  column(statId: number): Uint8Array | undefined {
    let from = this.start;
    for (let index = 0; index < this.listed.length; index += 2) {
      const to = this.listed[index + 1] as number;
      if (this.listed[index] === statId) return this.bytes.subarray(from, to);
      from = to;
    }
    return undefined;
  }

  has(statId: number): boolean {
    for (let index = 0; index < this.listed.length; index += 2)
      if (this.listed[index] === statId) return true;
    return false;
  }
}

/**
 * Reads `tick` rows. Consecutive batches nearly always have the same nodes, so the array of the
 * previous row is reused when the bytes are equal.
 */
export class SampleRowReader {
  private lastBytes: Uint8Array = new Uint8Array(0);
  private lastNodes: Int32Array = new Int32Array(0);

  read(bytes: Uint8Array): SampleRow {
    const reader = new ByteReader(bytes);
    const nodes = this.nodes(bytes, reader);
    const listed = new Array<number>(reader.uint() * 2);
    for (let index = 0; index < listed.length; index++) listed[index] = reader.uint();
    const start = reader.at;
    for (let index = 1, end = start; index < listed.length; index += 2) {
      end += listed[index] as number;
      listed[index] = end;
    }
    return new SampleRow(nodes, bytes, listed, start);
  }

  private nodes(bytes: Uint8Array, reader: ByteReader): Int32Array {
    const last = this.lastBytes;
    if (last.length > 0 && startsWith(bytes, last)) {
      reader.at = last.length;
      return this.lastNodes;
    }
    this.lastNodes = decodeNodes(reader);
    this.lastBytes = bytes.slice(0, reader.at);
    return this.lastNodes;
  }
}

/** The nodes' encoding is prefix-free: equal first bytes mean equal nodes. */
function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  if (bytes.length < prefix.length) return false;
  for (let index = 0; index < prefix.length; index++) if (bytes[index] !== prefix[index]) return false;
  return true;
}
