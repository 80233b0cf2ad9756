/** The summary of a shared status, and since when. Pure. */

import type { Tone } from "@/components/ui/status/tag";
import type { ShareStatus } from "@/lib/model/share.schema";

export interface SharedSummary {
  readonly tone: Tone;
  readonly nodes: number;
  readonly notUp: number;
  /** Since when the state applies to all nodes, Unix milliseconds; null when unknown. */
  readonly sinceMs: number | null;
}

/** Nodes that were not polled yet are neither up nor down. */
export function summaryOf(status: Pick<ShareStatus, "nodes">): SharedSummary {
  const { nodes } = status;
  const polled = nodes.filter((node) => node.status !== "unknown");
  const notUp = polled.filter((node) => node.status !== "up");
  const concerned = notUp.length > 0 ? notUp : polled;
  const since = concerned.map((node) => node.statusSinceMs);
  const known = since.filter((atMs) => atMs !== null);
  return {
    tone:
      polled.length === 0
        ? "off"
        : notUp.length === 0
          ? "ok"
          : notUp.length < polled.length
            ? "warn"
            : "crit",
    nodes: nodes.length,
    notUp: notUp.length,
    sinceMs: known.length === 0 || known.length < since.length ? null : Math.max(...known),
  };
}

/** The title of the shared page: its label, else the pool, else the only node, else the first and the number of others. */
export function nameOf(status: Pick<ShareStatus, "label" | "pool" | "nodes">): string {
  const { label, pool, nodes } = status;
  if (label) return label;
  if (pool) return pool;
  const [first] = nodes;
  if (first === undefined) return "memcached";
  return nodes.length === 1 ? first.name : `${first.name} +${nodes.length - 1}`;
}
