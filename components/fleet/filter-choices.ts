/** What can be chosen in each filter, with how many nodes it leaves. Pure. */
import type { Node } from "@/lib/model/node";

export interface Choice {
  readonly value: string;
  readonly nodes: number;
}

const COLLATOR = new Intl.Collator("en", { numeric: true });

function choicesOf(values: Iterable<string>): Choice[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .map(([value, nodes]) => ({ value, nodes }))
    .sort((a, b) => COLLATOR.compare(a.value, b.value));
}

export interface FilterChoices {
  readonly pool: readonly Choice[];
  readonly status: readonly Choice[];
  readonly version: readonly Choice[];
  readonly label: readonly Choice[];
}

export function filterChoices(nodes: readonly Node[]): FilterChoices {
  return {
    pool: choicesOf(nodes.map((node) => node.pool)),
    status: choicesOf(nodes.map((node) => node.status)),
    version: choicesOf(nodes.flatMap((node) => node.version ?? [])),
    label: choicesOf(
      nodes.flatMap((node) => Object.entries(node.labels).map(([name, value]) => `${name}=${value}`)),
    ),
  };
}
