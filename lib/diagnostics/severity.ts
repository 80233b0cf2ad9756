import type { Exposure, Severity } from "@/lib/model/findings/finding";

/** How bad the same thing is by how far the node can be reached: the columns of the severity table. */
export interface SeverityRow {
  /** Loopback or a unix socket: this machine only. */
  readonly loopback: Severity;
  readonly private: Severity;
  /** All interfaces, or a public address. */
  readonly open: Severity;
}

/** A node that does not tell where it listens is judged as one on a private address. */
export function severityAt(exposure: Exposure | null, row: SeverityRow): Severity {
  if (exposure === "unix" || exposure === "loopback") return row.loopback;
  return exposure === "public" || exposure === "all" ? row.open : row.private;
}
