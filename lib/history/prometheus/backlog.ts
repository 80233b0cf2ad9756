/**
 * What has not been written yet, oldest first, within a limit of age and of memory. Sweeps that wait are packed: most
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
/** What a node's id, shared with the fleet, and its place in lists cost. */
const NODE_BYTES = 16;
const MARKER_BYTES = 400;

export type Queued = QueuedBatch | QueuedMarkers;

export interface QueuedMarkers {
  readonly kind: "markers";
  readonly atMs: number;
  readonly markers: readonly Marker[];
}

export class QueuedBatch {
  readonly kind = "sweep";
  readonly atMs: number;
  readonly nodes: readonly string[];
  /** First nodes of the parts that are still to be written; null before the first try. */
  parts: readonly number[] | null = null;
  private values: Float64Array | null;
  private packed: Buffer | null = null;

  constructor(sweep: SampleBatch) {
    this.atMs = Math.round(sweep.atMs);
    this.nodes = sweep.entries.map((entry) => entry.node);
    const values = new Float64Array(this.nodes.length * WIDTH);
    sweep.entries.forEach((entry, index) => {
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

  /** The rows, unpacked if need be. */
  rows(): Rows {
    if (this.values === null && this.packed !== null) {
      const bytes = inflateRawSync(this.packed);
      this.values = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
      this.packed = null;
    }
    const { atMs, nodes } = this;
    return { atMs, nodes, width: WIDTH, values: this.values ?? new Float64Array(0) };
  }

  /** Makes it small; outside the main thread. */
  async pack(): Promise<void> {
    const { values } = this;
    if (values === null) return;
    const packed = await deflate(new Uint8Array(values.buffer), { level: 1 });
    if (this.values !== values) return;
    this.packed = packed;
    this.values = null;
  }
}

export interface BacklogLimits {
  readonly ageMs: number;
  readonly bytes: number;
}

export class Backlog {
  private readonly waiting: Queued[] = [];
  private packing = false;
  /** Sweeps dropped since the last `forget`, for want of room or because they grew too old. */
  droppedSweeps = 0;

  constructor(private readonly limits: BacklogLimits) {}

  get length(): number {
    return this.waiting.length;
  }

  get bytes(): number {
    return this.waiting.reduce(
      (sum, one) => sum + (one.kind === "sweep" ? one.bytes : one.markers.length * MARKER_BYTES),
      0,
    );
  }

  /** Milliseconds between the oldest and the newest that waits. */
  get spanMs(): number {
    return this.waiting.length === 0
      ? 0
      : (this.waiting.at(-1) as Queued).atMs - (this.waiting[0] as Queued).atMs;
  }

  first(): Queued | undefined {
    return this.waiting[0];
  }

  /** Ends the waiting of one that was written or refused. It may have been dropped meanwhile. */
  done(one: Queued): void {
    const at = this.waiting.indexOf(one);
    if (at >= 0) this.waiting.splice(at, 1);
  }

  /** Adds one, and drops the oldest as long as the limits are passed; one always stays. */
  add(one: Queued): void {
    this.waiting.push(one);
    this.trim();
  }

  /** Packs what waits behind the first, one after the other. */
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
    const found = this.waiting.find((one, index) => index > 0 && one.kind === "sweep" && !one.isPacked);
    return found?.kind === "sweep" ? found : undefined;
  }

  private trim(): void {
    while (this.waiting.length > 1 && (this.bytes > this.limits.bytes || this.spanMs > this.limits.ageMs)) {
      if (this.waiting.shift()?.kind === "sweep") this.droppedSweeps++;
    }
  }
}
