/** The audit as CSV. */
import { csv } from "../csv";
import type { AuditEntry } from "./audit.schema";

const COLUMNS = ["id", "time", "actor", "role", "kind", "target", "input", "outcome", "detail", "identity"];

/** A header line and one line per entry; times in ISO 8601, UTC. */
export function auditCsv(entries: readonly AuditEntry[]): string {
  const rows = entries.map(({ id, atMs, actor, role, kind, target, input, outcome, detail, identity }) => [
    id,
    new Date(atMs).toISOString(),
    actor,
    role,
    kind,
    target,
    JSON.stringify(input),
    outcome,
    detail,
    identity,
  ]);
  return csv([COLUMNS, ...rows]);
}
