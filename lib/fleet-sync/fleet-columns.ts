/** The fleet reply in its compact form: nodes as columns. Without schemas, because the browser loads it. */

import type { Fleet } from "@/lib/model/fleet.schema";
import type { Node } from "@/lib/model/node/node.schema";
import { type Columns, decodeRows, encodeRows } from "./columns";

export type NodeField = keyof Node;
export type NodeColumns = Columns<NodeField>;

/** The fleet reply with its nodes as columns, in the same order. */
export type FleetColumns = Omit<Fleet, "nodes"> & { readonly form: "columns"; readonly nodes: NodeColumns };

export function encodeNodes(nodes: readonly Node[]): NodeColumns {
  return encodeRows(nodes);
}

export function decodeNodes(columns: NodeColumns): Node[] {
  return decodeRows<Node>(columns);
}

export function encodeFleet({ nodes, ...fleet }: Fleet): FleetColumns {
  return { ...fleet, form: "columns", nodes: encodeNodes(nodes) };
}

/** Equal to the fleet that was encoded; equal labels, capabilities and the like are one object. */
export function decodeFleet({ form: _, nodes, ...fleet }: FleetColumns): Fleet {
  return { ...fleet, nodes: decodeNodes(nodes) };
}
