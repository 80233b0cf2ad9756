/** Packs a batch into one buffer that is transferred to the worker without copying. */
import type { NodeSample, SampleBatch } from "../contract";

interface PackedSamples {
  /** Null: the same nodes in the same order as in the batch before. */
  readonly nodes: readonly string[] | null;
  /** Per node its slots and then the elapsed seconds, as doubles. */
  readonly rows: ArrayBuffer;
}

export class SamplePacker {
  private nodes: readonly string[] | null = null;
  private spare: ArrayBuffer | null = null;

  constructor(private readonly slots: number) {}

  pack(batch: SampleBatch): PackedSamples {
    const unchanged = this.isSame(batch.entries);
    const entries = unchanged ? batch.entries : withoutRepeats(batch.entries);
    const rowLength = this.slots + 1;
    const bytes = entries.length * rowLength * 8;
    const rows = this.spare?.byteLength === bytes ? this.spare : new ArrayBuffer(bytes);
    this.spare = null;
    const into = new Float64Array(rows);
    let at = 0;
    for (const entry of entries) {
      into.set(entry.values, at);
      at += rowLength;
      into[at - 1] = entry.elapsedSeconds;
    }
    if (unchanged) return { nodes: null, rows };
    this.nodes = entries.map((entry) => entry.node);
    return { nodes: this.nodes, rows };
  }

  /** Returns a buffer for the next batch. */
  reuse(rows: ArrayBuffer): void {
    this.spare = rows;
  }

  /** The worker may have lost the node list: the next batch sends it again. */
  forget(): void {
    this.nodes = null;
  }

  private isSame(entries: readonly NodeSample[]): boolean {
    const { nodes } = this;
    if (nodes === null || nodes.length !== entries.length) return false;
    return entries.every((entry, index) => entry.node === nodes[index]);
  }
}

/** Of two entries for one node the later one counts. */
function withoutRepeats(entries: readonly NodeSample[]): readonly NodeSample[] {
  const byNode = new Map(entries.map((entry) => [entry.node, entry]));
  return byNode.size === entries.length ? entries : [...byNode.values()];
}
