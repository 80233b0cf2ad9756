/** The audit as CSV (RFC 4180). */
import type { AuditEntry } from "./audit";

const COLUMNS = ["id", "time", "actor", "role", "kind", "target", "input", "outcome", "detail"];

/** A header line and a line for each entry; times in ISO 8601, UTC. */
export function auditCsv(entries: readonly AuditEntry[]): string {
  const rows = entries.map(({ id, atMs, actor, role, kind, target, input, outcome, detail }) => [
    ...[id, new Date(atMs).toISOString(), actor, role, kind, target],
    ...[JSON.stringify(input), outcome, detail],
  ]);
  return [COLUMNS, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

/** Quoted; what a spreadsheet would take for a formula begins with an apostrophe. */
function cell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${harmless.replaceAll('"', '""')}"`;
}
