"use client";
/** What pages ask about diagnostics, and what they set going. */
import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useCallback } from "react";
import type { ProbeName, Severity } from "@/lib/model/findings/finding";
import type {
  BriefFindings,
  DiagnoseInput,
  Diagnostic,
  Finding,
  Findings,
  PatchedInput,
  Posture,
  Progress,
  ReportedFindings,
} from "@/lib/model/findings/finding.schema";
import { type ApiError, getJson, queryString, segment, sendJson } from "../api";
import { queryKeys } from "./query-keys";

export interface FindingsScope {
  readonly node: string | null;
  readonly pool: string | null;
}

/** Which findings a list has. */
export interface FindingsFilter extends FindingsScope {
  readonly probe: ProbeName | null;
  /** This severity and worse. */
  readonly severity: Severity;
  /** This severity and better; null: the worst ones too. */
  readonly atMost: Severity | null;
  readonly q: string;
}

/** One finding's name. */
export interface FindingName {
  readonly node: string;
  readonly check: string;
  /** Null where the check is of one probe only. */
  readonly probe: ProbeName | null;
}

/** Findings of one page of a list, and of a report. */
const LIST_PAGE = 100;
const REPORT_PAGE = 1_000;
/** Nodes of one page of the posture. */
const POSTURE_PAGE = 50;
const REFRESH_MS = 15_000;

/** Pages that were added are as they were when they were asked for, until somebody asks anew. */
function refreshed({
  state: { data },
}: {
  readonly state: { readonly data?: { readonly pages: readonly unknown[] } };
}) {
  return data === undefined || data.pages.length === 1 ? REFRESH_MS : false;
}

/** The newest finding of every node and check, worst first, a page at a time, without evidence and remedies. */
export function useFindings(filter: FindingsFilter) {
  return useInfiniteQuery<
    BriefFindings,
    ApiError,
    { pages: BriefFindings[] },
    readonly unknown[],
    string | null
  >({
    queryKey: queryKeys.findings(filter),
    queryFn: ({ signal, pageParam: cursor }) =>
      getJson<BriefFindings>(
        `/diagnostics${queryString({ ...listed(filter), form: "brief", limit: LIST_PAGE, cursor })}`,
        signal,
      ),
    initialPageParam: null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData,
    refetchInterval: refreshed,
  });
}

/** How bad it is with each node, by probe, worst first, a page at a time; and the counts of all of them. */
export function useSeverityMatrix({ node, pool }: FindingsScope) {
  return useInfiniteQuery<Posture, ApiError, { pages: Posture[] }, readonly unknown[], string | null>({
    queryKey: queryKeys.posture({ node, pool }),
    queryFn: ({ signal, pageParam: cursor }) =>
      getJson<Posture>(
        `/diagnostics/posture${queryString({ node, pool, limit: POSTURE_PAGE, cursor })}`,
        signal,
      ),
    initialPageParam: null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData,
    refetchInterval: refreshed,
  });
}

/** One finding with its evidence and remedies; null when there is none of that name. */
export function useFinding({ node, check, probe }: FindingName) {
  return useQuery<Finding | null, ApiError>({
    queryKey: queryKeys.finding({ node, check, probe }),
    queryFn: async ({ signal }) => {
      const path = `/diagnostics${queryString({ node, check, probe, form: "whole", limit: 1 })}`;
      return (await getJson<Findings>(path, signal)).findings[0] ?? null;
    },
    refetchInterval: REFRESH_MS,
  });
}

interface Report {
  readonly findings: ReportedFindings["findings"];
  /** There are more than are printed. */
  readonly more: boolean;
}

/** More paper than anybody reads. */
export const MOST_PRINTED = 2_000;

/** What was read for the paper; undefined until `useReadReport` has. */
export function useReport(filter: FindingsFilter) {
  return useQuery<Report, ApiError>({
    queryKey: queryKeys.report(filter),
    queryFn: () => readReport(filter),
    enabled: false,
  });
}

/** Reads what the filters let through with its evidence, and forgets it. */
export function useReadReport(filter: FindingsFilter) {
  const client = useQueryClient();
  const queryKey = queryKeys.report(filter);
  return {
    read: () => client.fetchQuery({ queryKey, queryFn: () => readReport(filter), staleTime: 0 }),
    forget: () => client.removeQueries({ queryKey }),
  };
}

async function readReport(filter: FindingsFilter): Promise<Report> {
  const findings: ReportedFindings["findings"] = [];
  let cursor: string | null = null;
  do {
    const query = { ...listed(filter), form: "report", limit: REPORT_PAGE, cursor };
    const page: ReportedFindings = await getJson<ReportedFindings>(`/diagnostics${queryString(query)}`);
    findings.push(...page.findings);
    cursor = page.nextCursor;
  } while (cursor !== null && findings.length < MOST_PRINTED);
  return { findings, more: cursor !== null };
}

/** Where all findings of a scope are saved from: a file that comes in pieces, however large. */
export function downloadPath({ node, pool }: FindingsScope, download: "csv" | "json"): string {
  return `/api/v1/diagnostics${queryString({ node, pool, download })}`;
}

function listed({ node, pool, probe, severity, atMost, q }: FindingsFilter) {
  return { node, pool, probe, severity, atMost, q: q.trim() || null };
}

/** How far a run is. */
export function useProgress(id: string | null) {
  return useQuery<Progress, ApiError>({
    queryKey: queryKeys.diagnostic(id ?? ""),
    queryFn: ({ signal }) => getJson<Progress>(`/diagnostics/${segment(id ?? "")}?form=progress`, signal),
    enabled: id !== null,
    refetchInterval: ({ state: { data } }) =>
      data === undefined || data.state === "queued" || data.state === "running" ? 700 : false,
  });
}

/** Sets a run going. */
export function useDiagnose() {
  return useMutation<Diagnostic, ApiError, DiagnoseInput>({
    mutationFn: (input) => sendJson<Diagnostic>("POST", "/api/v1/diagnostics", input),
  });
}

/** Starts no further probe of a run. */
export function useCancelDiagnostic(id: string) {
  const client = useQueryClient();
  return useMutation<Diagnostic, ApiError>({
    mutationFn: () => sendJson<Diagnostic>("POST", `/api/v1/diagnostics/${segment(id)}/cancel`),
    onSuccess: (run) => client.setQueryData(queryKeys.diagnostic(id), run),
  });
}

/** Says that a node's build has the fix of an advisory, or takes that back. */
export function useMarkPatched() {
  const client = useQueryClient();
  return useMutation<void, ApiError, PatchedInput>({
    mutationFn: (input) => sendJson<void>("POST", "/api/v1/diagnostics/patched", input),
    onSettled: () => void client.invalidateQueries({ queryKey: queryKeys.allFindings }),
  });
}

/** Asks for the findings again. The fleet's counts come with its event stream. */
export function useRefreshFindings(): () => void {
  const client = useQueryClient();
  return useCallback(() => void client.invalidateQueries({ queryKey: queryKeys.allFindings }), [client]);
}
