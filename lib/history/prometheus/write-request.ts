/**
 * Remote write 1.0: a snappy block of a protobuf `WriteRequest`. Labels are encoded once per node and stat and then
 * copied, because a large fleet writes tens of thousands of samples per second.
 *
 * Invariant: the labels of a series are sorted by name, as the protocol wants them.
 */
import { PbfWriter } from "pbf";
import { compress } from "snappyjs";

export type Labels = Readonly<Record<string, string>>;

/** Field numbers of the protocol's messages, and the two wire types in use beside varints. */
const SERIES = 1;
const LABELS = 1;
const SAMPLES = 2;
const BYTES = 2;
const DOUBLE = 1;
const VARINT = 0;

export class WriteRequest {
  private readonly writer = new PbfWriter();
  private readonly sampleWriter = new PbfWriter();
  private length = 0;

  /** Number of samples. */
  get samples(): number {
    return this.length;
  }

  /** Adds one sample. `parts` are labels from `encodeLabels`, in the order of their names. */
  add(parts: readonly Uint8Array[], value: number, atMs: number): void {
    const { writer, sampleWriter } = this;
    sampleWriter.pos = 0;
    sampleWriter.writeTag(1, DOUBLE);
    sampleWriter.writeDouble(value);
    sampleWriter.writeTag(2, VARINT);
    sampleWriter.writeVarint(atMs);
    let size = sampleWriter.pos + 2;
    for (const part of parts) size += part.length;
    writer.writeTag(SERIES, BYTES);
    writer.writeVarint(size);
    writer.realloc(size);
    for (const part of parts) {
      writer.buf.set(part, writer.pos);
      writer.pos += part.length;
    }
    writer.writeTag(SAMPLES, BYTES);
    writer.writeVarint(sampleWriter.pos);
    writer.realloc(sampleWriter.pos);
    writer.buf.set(sampleWriter.buf.subarray(0, sampleWriter.pos), writer.pos);
    writer.pos += sampleWriter.pos;
    this.length++;
  }

  /** The body of the request. Nothing can be added afterwards. */
  body(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(compress(this.writer.finish()));
  }
}

/** Labels as fields of a series, sorted by name. An empty value is no label. */
export function encodeLabels(labels: Labels): Uint8Array {
  const writer = new PbfWriter();
  const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : Number(a > b)));
  for (const [name, value] of sorted) {
    if (value === "") continue;
    const label = new PbfWriter();
    label.writeTag(1, BYTES);
    label.writeString(name);
    label.writeTag(2, BYTES);
    label.writeString(value.toWellFormed());
    writer.writeTag(LABELS, BYTES);
    writer.writeBytes(label.finish());
  }
  return writer.finish();
}

/** Those of the labels whose names come before, between, or after the given ones: `names.length + 1` groups. */
export function splitLabels(labels: Labels, names: readonly string[]): Labels[] {
  return [...names, null].map((end, index) => {
    const begin = index === 0 ? null : (names[index - 1] as string);
    return Object.fromEntries(
      Object.entries(labels).filter(
        ([name]) => (begin === null || name > begin) && (end === null || name < end),
      ),
    );
  });
}
