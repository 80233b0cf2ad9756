/**
 * Unwritten batches and markers, oldest first, bounded by age and memory. Waiting batches are compressed, because most
 * of their numbers are zero or not reported.
 */
import { promisify } from "node:util";
import { deflateRaw, inflateRawSync } from "node:zlib";
import { SLOT_COUNT } from "@/lib/catalogue/stats";
import type { Marker } from "@/lib/model/series.schema";
import type { SampleBatch } from "../contract";
import type { Rows } from "./memfleet-encoder";

const deflate = promisify(deflateRaw);
const WIDTH = SLOT_COUNT + 1;
/** Memory per node of a batch; the id itself is shared with the fleet. */
const NODE_BYTES = 16;
const MARKER_BYTES = 400;

export type Queued = QueuedBatch | QueuedMarkers;

interface QueuedMarkers {
  readonly kind: "markers";
  readonly atMs: number;
  readonly markers: readonly Marker[];
}

export class QueuedBatch {
  readonly kind = "batch";
  readonly atMs: number;
  readonly nodes: readonly string[];
  /** Index of the first node of each part that is still unwritten; null before the first attempt. */
  parts: readonly number[] | null = null;
  private values: Float64Array | null;
  private packed: Buffer | null = null;

  constructor(batch: SampleBatch) {
    this.atMs = Math.round(batch.atMs);
    this.nodes = batch.entries.map((entry) => entry.node);
    const values = new Float64Array(this.nodes.length * WIDTH);
    batch.entries.forEach((entry, index) => {
      values.set(entry.values, index * WIDTH);
      values[index * WIDTH + SLOT_COUNT] = entry.elapsedSeconds;
    });
    this.values = values;
  }

  get bytes(): number {
    return (this.packed?.length ?? this.values?.byteLength ?? 0) + this.nodes.length * NODE_BYTES;
  }

  get isPacked(): boolean {
    return this.packed !== null;
  }

  /** The rows, decompressed if necessary. */
  rows(): Rows {
    if (this.values === null && this.packed !== null) {
      const bytes = inflateRawSync(this.packed);
      this.values = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
      this.packed = null;
    }
    const { atMs, nodes } = this;
    return { atMs, nodes, width: WIDTH, values: this.values ?? new Float64Array(0) };
  }

  /** Compresses the rows outside the main thread. */
  async pack(): Promise<void> {
    const { values } = this;
    if (values === null) return;
    const packed = await deflate(new Uint8Array(values.buffer), { level: 1 });
    if (this.values !== values) return;
    this.packed = packed;
    this.values = null;
  }
}

interface BacklogLimits {
  readonly ageMs: number;
  readonly bytes: number;
}

export class Backlog {
  private readonly waiting: Queued[] = [];
  private packing = false;
  /** Batches dropped since the last `forget`, because of the limits. */
  droppedBatches = 0;

  constructor(private readonly limits: BacklogLimits) {}

  get length(): number {
    return this.waiting.length;
  }

  get bytes(): number {
    return this.waiting.reduce(
      (sum, entry) => sum + (entry.kind === "batch" ? entry.bytes : entry.markers.length * MARKER_BYTES),
      0,
    );
  }

  /** Milliseconds between the oldest and the newest entry. */
  get spanMs(): number {
    return this.waiting.length === 0
      ? 0
      : (this.waiting.at(-1) as Queued).atMs - (this.waiting[0] as Queued).atMs;
  }

  first(): Queued | undefined {
    return this.waiting[0];
  }

  /** Removes an entry that was written or rejected. It may already have been dropped. */
  done(entry: Queued): void {
    const index = this.waiting.indexOf(entry);
    if (index >= 0) this.waiting.splice(index, 1);
  }

  /** Adds an entry and drops the oldest ones beyond the limits; one always remains. */
  add(entry: Queued): void {
    this.waiting.push(entry);
    this.trim();
  }

  /** Compresses all entries but the first, one after the other. */
  async pack(): Promise<void> {
    if (this.packing) return;
    this.packing = true;
    try {
      for (let next = this.unpacked(); next !== undefined; next = this.unpacked()) await next.pack();
    } finally {
      this.packing = false;
    }
  }

  private unpacked(): QueuedBatch | undefined {
    const found = this.waiting.find((entry, index) => index > 0 && entry.kind === "batch" && !entry.isPacked);
    return found?.kind === "batch" ? found : undefined;
  }

  private trim(): void {
    while (this.waiting.length > 1 && (this.bytes > this.limits.bytes || this.spanMs > this.limits.ageMs)) {
      if (this.waiting.shift()?.kind === "batch") this.droppedBatches++;
    }
  }
}
