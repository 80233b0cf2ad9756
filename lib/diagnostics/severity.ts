import type { Exposure, Severity } from "@/lib/model/findings/finding";

/** The severity of one problem by the exposure of the node. */
export interface SeverityRow {
  /** Loopback or a unix socket: this machine only. */
  readonly loopback: Severity;
  readonly private: Severity;
  /** All interfaces, or a public address. */
  readonly open: Severity;
}

/** A node that doesn't report where it listens counts as one on a private address. */
export function severityAt(exposure: Exposure | null, row: SeverityRow): Severity {
  if (exposure === "unix" || exposure === "loopback") return row.loopback;
  return exposure === "public" || exposure === "all" ? row.open : row.private;
}
