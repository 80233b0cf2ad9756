/** Encodes batches and markers as write requests. */
import type { Marker } from "@/lib/model/series.schema";
import { MARKER, WRITTEN } from "./memfleet-names";
import { encodeLabels, type Labels, splitLabels, WriteRequest } from "./write-request";

/** Number of nodes whose encoded labels are cached. */
const MAX_NODES = 20_000;

/** Rows of a batch: one number per slot of the catalogue, then the elapsed seconds. */
export interface Rows {
  readonly atMs: number;
  readonly nodes: readonly string[];
  readonly width: number;
  readonly values: Float64Array;
}

export class MemfleetEncoder {
  private readonly instances = new Map<string, Uint8Array>();
  private readonly columns: readonly {
    readonly column: number;
    readonly head: Uint8Array;
    readonly tail: Uint8Array;
  }[];

  constructor(private readonly externalLabels: Labels) {
    const [before = {}, between = {}, after = {}] = splitLabels(externalLabels, ["instance", "stat"]);
    this.columns = WRITTEN.map(({ column, metric, stat }) => ({
      column,
      head: encodeLabels({ ...before, __name__: metric }),
      tail: encodeLabels({ ...between, stat, ...after }),
    }));
  }

  /** The rows of the nodes from `from` up to `until`; null when they have no values. */
  batch({ atMs, nodes, width, values }: Rows, from: number, until: number): WriteRequest | null {
    const request = new WriteRequest();
    for (let index = from; index < until; index++) {
      const instance = this.instance(nodes[index] as string);
      for (const { column, head, tail } of this.columns) {
        const value = values[index * width + column] as number;
        if (!Number.isNaN(value)) request.add([head, instance, tail], value, atMs);
      }
    }
    return request.samples === 0 ? null : request;
  }

  markers(markers: readonly Marker[]): WriteRequest {
    const request = new WriteRequest();
    for (const { node, kind, text, atMs } of markers) {
      const labels = { ...this.externalLabels, __name__: MARKER, instance: node, kind, text };
      request.add([encodeLabels(labels)], 1, Math.round(atMs));
    }
    return request;
  }

  private instance(node: string): Uint8Array {
    const cached = this.instances.get(node);
    if (cached !== undefined) return cached;
    if (this.instances.size >= MAX_NODES) this.instances.clear();
    const labels = encodeLabels({ instance: node });
    this.instances.set(node, labels);
    return labels;
  }
}
