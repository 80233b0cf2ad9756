/** What findings are named by in an address. Pure. */
import type { FindingName } from "@/lib/client/queries/diagnostics";
import { NOT_CHECKED, PROBES } from "@/lib/model/findings/finding";
import type { Finding, Findings } from "@/lib/model/findings/finding.schema";

/** Several probes of a node may have nothing to say. */
export function findingKey({ node, check, probe }: Pick<Finding, "node" | "check" | "probe">): string {
  return `${check === NOT_CHECKED ? `${check}:${probe}` : check}@${node}`;
}

/** What such a name stands for; null for what is no such name. */
export function findingName(key: string | null): FindingName | null {
  const at = key?.indexOf("@") ?? -1;
  if (key === null || at < 1 || at === key.length - 1) return null;
  const [check, node] = [key.slice(0, at), key.slice(at + 1)];
  const [family, word] = check.split(":", 2);
  if (family !== NOT_CHECKED) return { node, check, probe: null };
  return { node, check: NOT_CHECKED, probe: PROBES.find((probe) => probe === word) ?? null };
}

/** Nothing was diagnosed so far. */
export function isEmpty({ totals: { critical, warning, info, ok } }: Pick<Findings, "totals">): boolean {
  return critical + warning + info + ok === 0;
}
