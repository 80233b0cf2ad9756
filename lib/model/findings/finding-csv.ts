/** Findings as CSV: a header and a line for each; times in ISO 8601, UTC; evidence as JSON; no remedies. */
import { csv } from "../csv";
import type { ReportedFinding } from "./finding.schema";

export const CSV_HEAD = csv([
  [
    "time",
    "pool",
    "node",
    "probe",
    "check",
    "severity",
    "verdict",
    "title",
    "evidence",
    "probedFrom",
    "patchedBy",
    "previousVerdict",
    "previousTime",
  ],
]);

/** The lines of these findings, without the header. */
export function findingsCsvRows(findings: readonly ReportedFinding[]): string {
  const rows = findings.map(({ patched, previous, ...finding }) => [
    new Date(finding.atMs).toISOString(),
    finding.pool,
    finding.node,
    finding.probe,
    finding.check,
    finding.severity,
    finding.verdict,
    finding.title,
    JSON.stringify(finding.evidence),
    finding.probedFrom,
    patched?.by ?? "",
    previous?.verdict ?? "",
    previous === null ? "" : new Date(previous.atMs).toISOString(),
  ]);
  return csv(rows);
}
