/** Findings as CSV. */
import { csv } from "./csv";
import type { Finding } from "./finding";

const COLUMNS = [
  ...["time", "pool", "node", "probe", "check", "severity", "verdict", "title", "evidence", "probedFrom"],
  ...["patchedBy", "previousVerdict", "previousTime"],
];

/** A header line and a line for each finding; times in ISO 8601, UTC; evidence as JSON, remedies left out. */
export function findingsCsv(findings: readonly Finding[]): string {
  const rows = findings.map(({ patched, previous, ...finding }) => [
    ...[new Date(finding.atMs).toISOString(), finding.pool, finding.node, finding.probe, finding.check],
    ...[finding.severity, finding.verdict, finding.title, JSON.stringify(finding.evidence)],
    ...[finding.probedFrom, patched?.by ?? "", previous?.verdict ?? ""],
    previous === null ? "" : new Date(previous.atMs).toISOString(),
  ]);
  return csv([COLUMNS, ...rows]);
}
