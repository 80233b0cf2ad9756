/** The stable order of nodes: by pool, then by id with numbers in numeric order. */
import type { Node } from "@/lib/model/node/node.schema";

export type OrderedNode = Pick<Node, "id" | "pool">;
/** The rank of each node by its id. */
export type NodeOrder = ReadonlyMap<string, number>;

const COLLATOR = new Intl.Collator("en", { numeric: true });

/** The rank of each text among the distinct ones: comparing ranks is far cheaper than comparing texts. */
export function ranksOf(texts: Iterable<string>): ReadonlyMap<string, number> {
  const sorted = [...new Set(texts)].sort(COLLATOR.compare);
  return new Map(sorted.map((text, rank) => [text, rank]));
}

function sorted(nodes: readonly OrderedNode[]): NodeOrder {
  const pools = ranksOf(nodes.map(({ pool }) => pool));
  const ids = ranksOf(nodes.map(({ id }) => id));
  const order = [...nodes].sort(
    (a, b) =>
      (pools.get(a.pool) ?? 0) - (pools.get(b.pool) ?? 0) || (ids.get(a.id) ?? 0) - (ids.get(b.id) ?? 0),
  );
  return new Map(order.map(({ id }, rank) => [id, rank]));
}

let cached: { readonly nodes: readonly OrderedNode[]; readonly order: NodeOrder } = {
  nodes: [],
  order: new Map(),
};

/**
 * Values change every second, names rarely: the nodes are sorted again only when nodes are added or removed.
 */
export function nodeOrder(nodes: readonly OrderedNode[]): NodeOrder {
  const same =
    cached.nodes.length === nodes.length &&
    nodes.every((node, index) => {
      const before = cached.nodes[index];
      return before === node || (before?.id === node.id && before.pool === node.pool);
    });
  cached = { nodes, order: same ? cached.order : sorted(nodes) };
  return cached.order;
}
