import type { TargetGroups } from "@/lib/model/target-groups.schema";
import { type Labelled, labelText, poolLabels } from "./labels";

/** The nodes for Prometheus HTTP service discovery: one group per set of labels. */
export function targetGroups(nodes: Iterable<Labelled>): TargetGroups {
  const groups = new Map<string, { targets: string[]; labels: Record<string, string> }>();
  for (const node of nodes) {
    const pairs = poolLabels(node).map(([name, value]) => [name, labelText(value)] as const);
    const key = JSON.stringify(pairs);
    const group = groups.get(key) ?? { targets: [], labels: Object.fromEntries(pairs) };
    group.targets.push(node.id);
    groups.set(key, group);
  }
  return [...groups.values()];
}
