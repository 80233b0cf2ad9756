import { parseNodeAddress } from "@/lib/memcached/node-address";
import { formatNodeAddress } from "@/lib/model/node/node-address";
import { type DiscoveredTarget, MAX_TARGETS } from "./contract";

/** Unusable entries that are described; the others are only counted. */
const MAX_DESCRIBED = 3;

/** Collects the nodes of one list, each once, and the problems of its unusable entries. Bounded. */
export class TargetList {
  private readonly byId = new Map<string, DiscoveredTarget>();
  private readonly described: string[] = [];
  private rejected = 0;
  private skipped = 0;

  /** Whether the list takes no more nodes. */
  get full(): boolean {
    return this.byId.size >= MAX_TARGETS;
  }

  /** The first of two entries for one node counts. */
  add(target: DiscoveredTarget): void {
    if (this.byId.has(target.id)) return;
    if (this.full) this.skipped++;
    else this.byId.set(target.id, target);
  }

  /** Adds an address as written in the source, or reports that it is not one. */
  addAddress(text: string): void {
    const result = parseNodeAddress(text);
    if (result.ok) this.add({ id: formatNodeAddress(result.address), address: result.address, labels: {} });
    else this.refuse(`found ${JSON.stringify(text.slice(0, 300))}, allowed ${result.allowed}`);
  }

  /** Reports an unusable entry; `problem` names it. */
  refuse(problem: string): void {
    this.rejected++;
    if (this.described.length < MAX_DESCRIBED) this.described.push(problem);
  }

  /** Counts entries that were not read because the list is full. */
  skip(count: number): void {
    this.skipped += count;
  }

  get targets(): readonly DiscoveredTarget[] {
    return [...this.byId.values()];
  }

  /** At most two sentences. */
  get problems(): readonly string[] {
    const problems: string[] = [];
    if (this.rejected > 0) {
      const more = this.rejected > this.described.length ? "; …" : "";
      problems.push(`${this.rejected} invalid: ${this.described.join("; ")}${more}`);
    }
    if (this.skipped > 0) problems.push(`${this.skipped} skipped beyond the limit of ${MAX_TARGETS}`);
    return problems;
  }
}
