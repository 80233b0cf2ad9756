"use client";
/** The filters of the actions page, kept in its URL. */
import { useMemo } from "react";
import type { AuditSearch } from "@/lib/client/queries/audit";
import { isoTime, optionalChoice, optionalText, useParameters } from "@/lib/client/url-params";
import { AUDIT_KINDS, type AuditKind } from "@/lib/model/actions/audit";

const FILTER = {
  q: optionalText,
  kind: optionalChoice(AUDIT_KINDS),
  actor: optionalText,
  target: optionalText,
  since: isoTime,
  until: isoTime,
};

export interface AuditFilter {
  readonly q: string | null;
  readonly kind: AuditKind | null;
  readonly actor: string | null;
  readonly target: string | null;
  readonly since: Date | null;
  readonly until: Date | null;
}

export const NO_FILTER: AuditFilter = {
  q: null,
  kind: null,
  actor: null,
  target: null,
  since: null,
  until: null,
};

export function useAuditFilter() {
  return useParameters(FILTER);
}

/** Whether any filter is set. */
export function isFiltered(filter: AuditFilter): boolean {
  return Object.values(filter).some((value) => value !== null && value !== "");
}

/** The search for a filter. */
export function auditSearch(filter: AuditFilter, limit: number): AuditSearch {
  return {
    q: filter.q?.trim() || undefined,
    kind: filter.kind ?? undefined,
    actor: filter.actor?.trim() || undefined,
    node: filter.target?.trim() || undefined,
    from: filter.since === null ? undefined : String(filter.since.getTime()),
    to: filter.until === null ? undefined : String(filter.until.getTime()),
    limit,
  };
}

const PAGE = 100;

/** The search for one page of entries; the same object while the filter stays the same. */
export function useAuditSearch(filter: AuditFilter): AuditSearch {
  const { q, kind, actor, target } = filter;
  const since = filter.since?.getTime() ?? null;
  const until = filter.until?.getTime() ?? null;
  return useMemo(
    () =>
      auditSearch(
        {
          q,
          kind,
          actor,
          target,
          since: since === null ? null : new Date(since),
          until: until === null ? null : new Date(until),
        },
        PAGE,
      ),
    [q, kind, actor, target, since, until],
  );
}
