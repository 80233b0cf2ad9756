/** Packing a sweep into one buffer that is handed to the worker, not copied. */
import type { NodeSample, SampleBatch } from "../contract";

export interface PackedSamples {
  /** Null: the same nodes in the same order as in the sweep before. */
  readonly nodes: readonly string[] | null;
  /** Per node its slots and then the elapsed seconds, as doubles. */
  readonly rows: ArrayBuffer;
}

export class SamplePacker {
  private nodes: readonly string[] | null = null;
  private spare: ArrayBuffer | null = null;

  constructor(private readonly slots: number) {}

  pack(sweep: SampleBatch): PackedSamples {
    const known = this.isSame(sweep.entries);
    const entries = known ? sweep.entries : withoutRepeats(sweep.entries);
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
    if (known) return { nodes: null, rows };
    this.nodes = entries.map((entry) => entry.node);
    return { nodes: this.nodes, rows };
  }

  /** Takes a buffer back, for the next sweep. */
  reuse(rows: ArrayBuffer): void {
    this.spare = rows;
  }

  /** The worker may not know the nodes any more: the next sweep names them again. */
  forget(): void {
    this.nodes = null;
  }

  private isSame(entries: readonly NodeSample[]): boolean {
    const { nodes } = this;
    if (nodes === null || nodes.length !== entries.length) return false;
    return entries.every((entry, index) => entry.node === nodes[index]);
  }
}

/** Of a node that appears twice, the later entry counts. */
function withoutRepeats(entries: readonly NodeSample[]): readonly NodeSample[] {
  const byNode = new Map(entries.map((entry) => [entry.node, entry]));
  return byNode.size === entries.length ? entries : [...byNode.values()];
}
