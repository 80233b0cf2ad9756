/** Batches and markers that could not be written yet, oldest first, within a limit. */
import type { Marker } from "@/lib/model/series.schema";
import type { EncodedBatch } from "./sample-batch";

/** About an hour of 1,000 nodes every ten seconds. */
const MAX_BYTES = 32 * 1024 * 1024;
const MAX_MARKERS = 10_000;

export class Unwritten {
  readonly batches: EncodedBatch[] = [];
  readonly markers: Marker[] = [];
  private bytes = 0;

  addBatch(batch: EncodedBatch): void {
    this.batches.push(batch);
    this.bytes += batch.bytes.length;
    while (this.bytes > MAX_BYTES && this.batches.length > 1) this.dropBatch();
  }

  /** Removes the oldest batch, which is written or exceeds the limit. */
  dropBatch(): void {
    const dropped = this.batches.shift();
    if (dropped !== undefined) this.bytes -= dropped.bytes.length;
  }

  addMarkers(markers: readonly Marker[]): void {
    this.markers.push(...markers);
    this.markers.splice(0, this.markers.length - MAX_MARKERS);
  }

  has(atMs: number): boolean {
    return this.batches.some((batch) => batch.atMs === atMs);
  }
}
