/** Sweeps and markers that could not be written yet, oldest first, within a limit. */
import type { Marker } from "@/lib/model/series.schema";
import type { EncodedBatch } from "./sample-batch";

/** About an hour of 1,000 nodes every ten seconds. */
const MOST_BYTES = 32 * 1024 * 1024;
const MOST_MARKERS = 10_000;

export class Unwritten {
  readonly sweeps: EncodedBatch[] = [];
  readonly markers: Marker[] = [];
  private bytes = 0;

  addSweep(sweep: EncodedBatch): void {
    this.sweeps.push(sweep);
    this.bytes += sweep.bytes.length;
    while (this.bytes > MOST_BYTES && this.sweeps.length > 1) this.dropSweep();
  }

  /** The oldest sweep is written, or has to make room. */
  dropSweep(): void {
    const gone = this.sweeps.shift();
    if (gone !== undefined) this.bytes -= gone.bytes.length;
  }

  addMarkers(markers: readonly Marker[]): void {
    this.markers.push(...markers);
    this.markers.splice(0, this.markers.length - MOST_MARKERS);
  }

  has(atMs: number): boolean {
    return this.sweeps.some((sweep) => sweep.atMs === atMs);
  }
}
