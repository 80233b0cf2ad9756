/** The health of each node, from its status and attention entries. Pure. */

import { HEALTH_TONE } from "@/components/ui/status/status-tag";
import type { Tone } from "@/components/ui/status/tag";
import type { Attention } from "@/lib/model/fleet.schema";
import type { Node } from "@/lib/model/node/node.schema";

export interface Health {
  readonly tone: Tone;
  /** The worst problem other than the status; null without one of warning severity. */
  readonly attention: Attention | null;
  /** Index in the attention list; larger is better. */
  readonly rank: number;
}

/** The first entry of each node (the list is worst first) with its index. */
function firstEntries(attention: readonly Attention[]): Map<string, { entry: Attention; rank: number }> {
  const first = new Map<string, { entry: Attention; rank: number }>();
  attention.forEach((entry, rank) => {
    if (entry.severity !== "info" && !first.has(entry.node)) first.set(entry.node, { entry, rank });
  });
  return first;
}

/** Health by node id. `attention` is worst first, as the fleet reply has it. */
export function healthOf(nodes: readonly Node[], attention: readonly Attention[]): Map<string, Health> {
  const first = firstEntries(attention);
  return new Map(
    nodes.map((node): [string, Health] => {
      const found = first.get(node.id);
      // The list may be a moment older or newer than the node.
      const entry = found === undefined || found.entry.kind === "status" ? null : found.entry;
      const notUp = node.status !== "up" && node.status !== "unknown";
      return [
        node.id,
        {
          tone: HEALTH_TONE[node.health.state],
          attention: node.status === "up" ? entry : null,
          rank: notUp ? (found?.rank ?? -1) : (found?.rank ?? Number.MAX_SAFE_INTEGER),
        },
      ];
    }),
  );
}

/** The number of nodes of each tone. */
export function countTones(
  nodes: readonly Node[],
  health: ReadonlyMap<string, Health>,
): Record<Tone, number> {
  const counts = { ok: 0, warn: 0, crit: 0, off: 0 };
  for (const node of nodes) counts[health.get(node.id)?.tone ?? "off"] += 1;
  return counts;
}
