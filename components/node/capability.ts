/** What can be asked of a node over a connection of this process's own. Pure. */
import type { Capability, LackingReason } from "@/lib/model/node/capability";
import type { Node } from "@/lib/model/node/node.schema";

/**
 * Whether the node may be asked live. Of one that another process asks it is not known here whether it is down, only
 * that nothing is heard of it: then its own answer says more.
 */
export function canRead({ status, elsewhere }: Pick<Node, "status" | "elsewhere">): boolean {
  return status === "up" || (elsewhere && status === "unknown");
}

/**
 * Why the node cannot be asked for something; null when it can. Before the first answer nothing is known; of a node
 * that another process asks there may never be one, and it is asked what it can do before anything else.
 */
export function lackingReason(node: Node, capability: Capability): LackingReason | null {
  if (node.capabilities.includes(capability)) return null;
  const reason = node.lacking[capability] ?? "notAskedYet";
  return reason === "notAskedYet" && node.elsewhere ? null : reason;
}
