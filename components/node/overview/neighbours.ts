/** The nodes that share a host or a pool with a node that does not respond. Pure. */
import type { Node } from "@/lib/model/node/node.schema";

export interface Neighbours {
  /** Without the node itself. */
  readonly nodes: readonly Node[];
  /** Those of them that do not respond either. */
  readonly failing: readonly Node[];
}

/** The host of a node id; null for a unix socket, which has none. */
export function hostOf(id: string): string | null {
  return id.startsWith("unix:") ? null : id.replace(/:\d+$/, "");
}

function among(nodes: readonly Node[]): Neighbours {
  return { nodes, failing: nodes.filter(({ status }) => status !== "up" && status !== "unknown") };
}

/** Other nodes of the same host, and other nodes of the same pool. */
export function neighboursOf(
  node: Node,
  fleet: readonly Node[],
): { readonly host: Neighbours; readonly pool: Neighbours } {
  const others = fleet.filter(({ id }) => id !== node.id);
  const host = hostOf(node.id);
  return {
    host: among(others.filter(({ id }) => host !== null && hostOf(id) === host)),
    pool: among(others.filter(({ pool }) => pool === node.pool)),
  };
}
