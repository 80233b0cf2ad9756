/** The findings of many nodes at a glance. Pure. */
import type { Diagnostic, Finding, Findings } from "@/lib/model/finding";
import { PROBES, type ProbeName, SEVERITIES, type Severity } from "@/lib/model/finding-kinds";

/** What one probe found on one node: the worst of its checks. */
export interface PostureCell {
  readonly severity: Severity;
  /** Nothing could be judged: the node did not answer, or does not tell. */
  readonly unknown: boolean;
  /** Findings of that severity. */
  readonly count: number;
}

export interface PostureRow {
  readonly node: string;
  readonly pool: string;
  /** Null: that probe was not run. */
  readonly cells: Readonly<Record<ProbeName, PostureCell | null>>;
  readonly worst: Severity;
  /** Findings worse than `ok`. */
  readonly open: number;
}

export function rank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

/** One row per node that was diagnosed, worst first; equally bad ones by what is open, then by name. */
export function posture(findings: readonly Finding[]): PostureRow[] {
  const byNode = new Map<string, Finding[]>();
  for (const finding of findings) {
    const of = byNode.get(finding.node);
    if (of === undefined) byNode.set(finding.node, [finding]);
    else of.push(finding);
  }
  return [...byNode].map(([node, of]) => row(node, of)).sort(worstFirst);
}

function row(node: string, findings: readonly Finding[]): PostureRow {
  const cells = Object.fromEntries(
    PROBES.map((probe) => [probe, cell(findings.filter((finding) => finding.probe === probe))]),
  ) as PostureRow["cells"];
  return {
    node,
    pool: findings[0]?.pool ?? "",
    cells,
    worst: worstOf(findings),
    open: findings.filter(({ severity }) => severity !== "ok").length,
  };
}

function cell(findings: readonly Finding[]): PostureCell | null {
  if (findings.length === 0) return null;
  const severity = worstOf(findings);
  return {
    severity,
    unknown: findings.every(({ verdict }) => verdict === "unknown"),
    count: findings.filter((finding) => finding.severity === severity).length,
  };
}

function worstOf(findings: readonly Finding[]): Severity {
  return findings.reduce<Severity>(
    (worst, { severity }) => (rank(severity) > rank(worst) ? severity : worst),
    "ok",
  );
}

function worstFirst(one: PostureRow, other: PostureRow): number {
  return rank(other.worst) - rank(one.worst) || other.open - one.open || one.node.localeCompare(other.node);
}

export interface FindingFilter {
  /** This severity and worse; null: whatever is worse than `ok`. */
  readonly severity: Severity | null;
  readonly probe: ProbeName | null;
  readonly pool: string | null;
  readonly q: string;
}

/** Those that pass, in the order they came. */
export function filterFindings(findings: readonly Finding[], filter: FindingFilter): Finding[] {
  const least = rank(filter.severity ?? "info");
  const wanted = filter.q.trim().toLowerCase();
  return findings.filter(
    (finding) =>
      rank(finding.severity) >= least &&
      (filter.probe === null || finding.probe === filter.probe) &&
      (filter.pool === null || finding.pool === filter.pool) &&
      (wanted === "" || `${finding.node} ${finding.check} ${finding.title}`.toLowerCase().includes(wanted)),
  );
}

/** Findings of a run that it shows at most. */
const MOST_SHOWN = 1_000;

/** Nodes that each probe of a run has dealt with; null when the run shows only the worst of what it found. */
export function probesDone(run: Pick<Diagnostic, "findings">): ReadonlyMap<ProbeName, number> | null {
  if (run.findings.length >= MOST_SHOWN) return null;
  const nodes = new Map<ProbeName, Set<string>>();
  for (const { probe, node } of run.findings) {
    const of = nodes.get(probe);
    if (of === undefined) nodes.set(probe, new Set([node]));
    else of.add(node);
  }
  return new Map([...nodes].map(([probe, of]) => [probe, of.size]));
}

/** The node in the name that an address gives to a finding; null for what is no such name. */
export function nodeOfKey(key: string | null): string | null {
  const at = key?.indexOf("@") ?? -1;
  return key === null || at < 1 ? null : key.slice(at + 1);
}

/** What a finding is named by in an address. */
export function findingKey({ node, check }: Pick<Finding, "node" | "check">): string {
  return `${check}@${node}`;
}

/** Nothing was diagnosed so far. */
export function isEmpty({ totals: { critical, warning, info, ok } }: Pick<Findings, "totals">): boolean {
  return critical + warning + info + ok === 0;
}
