/** Shell commands that show what a page of many nodes shows. Pure. */
import type { Node } from "@/lib/model/node/node.schema";

const NAMED = 8;

/** Nodes that `memcstat` reaches without more than their address. */
function plainAddresses(nodes: readonly Node[]): string[] {
  return nodes
    .filter((node) => node.auth === "none" && !node.tls && !node.id.startsWith("unix:"))
    .map((node) => node.id);
}

/** `stats` of the first few nodes that need no credentials; empty when there are none. */
export function statsCommands(nodes: readonly Node[]): string[] {
  const addresses = plainAddresses(nodes).slice(0, NAMED);
  return addresses.length === 0 ? [] : [`memcstat --servers=${addresses.join(",")}`];
}
