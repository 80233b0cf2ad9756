/** What can be read from a node over this process's own connection. Pure. */
import type { StatsGroup } from "@/lib/catalogue/stats-groups";
import type { Capability, LackingReason } from "@/lib/model/node/capability";
import type { Node } from "@/lib/model/node/node.schema";

/** Which capability a group needs. */
export const GROUP_CAPABILITY: Readonly<Record<StatsGroup, Capability>> = {
  general: "stats",
  settings: "stats_settings",
  items: "stats",
  slabs: "stats",
  sizes: "stats_sizes",
  conns: "stats_conns",
  extstore: "stats_extstore",
  proxy: "stats_proxy",
};

/**
 * Whether the node may be read live. For a node that another process polls, only missing data is known here,
 * not whether it is down: its own response is more accurate.
 */
export function canRead({ status, elsewhere }: Pick<Node, "status" | "elsewhere">): boolean {
  return status === "up" || (elsewhere && status === "unknown");
}

/**
 * Why the node does not support something; null when it does. Before the first response nothing is known; a
 * node that another process polls may never have one here, and its capabilities are then read before anything
 * else.
 */
export function lackingReason(node: Node, capability: Capability): LackingReason | null {
  if (node.capabilities.includes(capability)) return null;
  const reason = node.lacking[capability] ?? "notAskedYet";
  return reason === "notAskedYet" && node.elsewhere ? null : reason;
}

/** Whether a stats group can be read live. */
export function canReadGroup(node: Node, group: StatsGroup): boolean {
  return canRead(node) && lackingReason(node, GROUP_CAPABILITY[group]) === null;
}
