/** Names of findings in the URL. Pure. */
import type { FindingName } from "@/lib/client/queries/diagnostics";
import { NOT_CHECKED, PROBES } from "@/lib/model/findings/finding";
import type { Finding, Findings } from "@/lib/model/findings/finding.schema";

/** Several probes of a node may have no result, so that name includes the probe. */
export function findingKey({ node, check, probe }: Pick<Finding, "node" | "check" | "probe">): string {
  return `${check === NOT_CHECKED ? `${check}:${probe}` : check}@${node}`;
}

/** Parses such a name; null for other text. */
export function findingName(key: string | null): FindingName | null {
  const at = key?.indexOf("@") ?? -1;
  if (key === null || at < 1 || at === key.length - 1) return null;
  const [check, node] = [key.slice(0, at), key.slice(at + 1)];
  const [family, name] = check.split(":", 2);
  if (family !== NOT_CHECKED) return { node, check, probe: null };
  return { node, check: NOT_CHECKED, probe: PROBES.find((probe) => probe === name) ?? null };
}

/** Nothing was diagnosed yet. */
export function isEmpty({ totals: { critical, warning, info, ok } }: Pick<Findings, "totals">): boolean {
  return critical + warning + info + ok === 0;
}
