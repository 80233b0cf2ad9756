/** Findings as CSV: a header and a line for each; times in ISO 8601, UTC; evidence as JSON; no remedies. */
import { csv } from "../csv";
import type { ReportedFinding } from "./finding.schema";

const COLUMNS: Readonly<Record<string, (finding: ReportedFinding) => string>> = {
  time: ({ atMs }) => new Date(atMs).toISOString(),
  pool: ({ pool }) => pool,
  node: ({ node }) => node,
  probe: ({ probe }) => probe,
  check: ({ check }) => check,
  severity: ({ severity }) => severity,
  verdict: ({ verdict }) => verdict,
  title: ({ title }) => title,
  evidence: ({ evidence }) => JSON.stringify(evidence),
  probedFrom: ({ probedFrom }) => probedFrom,
  patchedBy: ({ patched }) => patched?.by ?? "",
  previousVerdict: ({ previous }) => previous?.verdict ?? "",
  previousTime: ({ previous }) => (previous === null ? "" : new Date(previous.atMs).toISOString()),
};

export const CSV_HEAD = csv([Object.keys(COLUMNS)]);

/** The lines of these findings, without the header. */
export function findingsCsvRows(findings: readonly ReportedFinding[]): string {
  return csv(findings.map((finding) => Object.values(COLUMNS).map((column) => column(finding))));
}
