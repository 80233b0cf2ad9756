/** The choices of each filter, with their node counts. Pure. */
import type { Node } from "@/lib/model/node/node.schema";

export interface FilterOption {
  readonly value: string;
  readonly nodes: number;
}

const COLLATOR = new Intl.Collator("en", { numeric: true });

function countsOf(values: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

function choicesOf(counts: ReadonlyMap<string, number>): FilterOption[] {
  return [...counts]
    .map(([value, nodes]) => ({ value, nodes }))
    .sort((a, b) => COLLATOR.compare(a.value, b.value));
}

export interface FilterOptions {
  readonly pool: readonly FilterOption[];
  readonly status: readonly FilterOption[];
  readonly version: readonly FilterOption[];
  readonly label: readonly FilterOption[];
}

/** The number of nodes with each label. Nodes of a pool share a labels object, which is read once. */
function labelCounts(nodes: readonly Node[]): Map<string, number> {
  const shared = new Map<Node["labels"], number>();
  for (const { labels } of nodes) shared.set(labels, (shared.get(labels) ?? 0) + 1);
  const counts = new Map<string, number>();
  for (const [labels, count] of shared) {
    for (const [name, value] of Object.entries(labels)) {
      const label = `${name}=${value}`;
      counts.set(label, (counts.get(label) ?? 0) + count);
    }
  }
  return counts;
}

export function filterOptions(nodes: readonly Node[]): FilterOptions {
  return {
    pool: choicesOf(countsOf(nodes.map((node) => node.pool))),
    status: choicesOf(countsOf(nodes.map((node) => node.status))),
    version: choicesOf(countsOf(nodes.flatMap((node) => node.version ?? []))),
    label: choicesOf(labelCounts(nodes)),
  };
}
