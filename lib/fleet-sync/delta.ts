/**
 * Changes of the fleet in the compact event stream (`/api/v1/events?form=columns`). Without schemas, because the browser
 * loads it.
 */

import type { Attention, Fleet, Pool } from "@/lib/model/fleet.schema";
import type { Node } from "@/lib/model/node/node.schema";
import { type Column, type Columns, decodeColumn } from "./columns";
import type { NodeColumns, NodeField } from "./fleet-columns";

/** The fleet reply without its nodes. */
export type FleetSummary = Omit<Fleet, "nodes" | "matched" | "nextCursor">;

/** New values of one field. Without `rows` they are for every changed node, else for those at these indexes. */
interface ChangedField {
  readonly rows?: readonly number[];
  readonly values: Column;
}

export interface ChangedNodes {
  readonly ids: readonly string[];
  readonly fields: Readonly<Partial<Record<NodeField, ChangedField>>>;
}

export interface ChangedPools {
  /** The names of all pools in their order, when that changed; pools that are not among them are no more. */
  readonly order?: readonly string[];
  readonly now: Columns<keyof Pool>;
}

export interface ChangedAttention {
  /** Keys of entries that no longer hold; null when `now` replaces all that was known. */
  readonly gone: readonly string[] | null;
  /** Entries that are new or differ. */
  readonly now: readonly Attention[];
}

/** Everything that changed since the message before; what is missing did not change. */
export interface FleetDelta {
  readonly atMs: number;
  /** Nodes with every field: new to the reader, or due to be sent in full again. */
  readonly whole?: NodeColumns;
  readonly changed?: ChangedNodes;
  readonly removed?: readonly string[];
  readonly summary?: Partial<Pick<FleetSummary, "configured" | "pollIntervalMs" | "totals" | "notices">>;
  readonly pools?: ChangedPools;
  readonly attention?: ChangedAttention;
}

/** Names an entry: a node has one entry of a kind. */
export function attentionKey({ node, kind }: Pick<Attention, "node" | "kind">): string {
  return `${kind} ${node}`;
}

/** The new values by node id. */
export function patchesOf({ ids, fields }: ChangedNodes): Map<string, Partial<Node>> {
  const patches = ids.map((): Record<string, unknown> => ({}));
  for (const [name, field] of Object.entries(fields)) {
    const values = decodeColumn(field.values, field.rows?.length ?? ids.length);
    values.forEach((value, index) => {
      const patch = patches[field.rows === undefined ? index : (field.rows[index] ?? -1)];
      if (patch !== undefined) patch[name] = value;
    });
  }
  return new Map(ids.map((id, index) => [id, patches[index] as Partial<Node>]));
}
