/** A question to `/api/v1/audit`, as the page asks it. */
import type { AuditKind } from "@/lib/model/actions/audit";
import { queryString } from "../api";

export interface AuditSearch {
  readonly node?: string;
  readonly actor?: string;
  readonly kind?: AuditKind;
  /** Words in who, what, on what, input or outcome. */
  readonly q?: string;
  /** Unix milliseconds, or relative as `now-24h`. */
  readonly from?: string;
  readonly to?: string;
  readonly limit: number;
}

/** The path below `/api/v1` that asks it; `cursor` continues an earlier answer. */
export function auditPath(search: AuditSearch, cursor: string | null = null): string {
  return `/audit${queryString({ ...search, cursor })}`;
}
