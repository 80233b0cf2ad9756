"use client";
/** Findings, and runs of diagnostics. */
import {
  keepPreviousData,
  queryOptions,
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
  Progress,
  ReportedFindings,
  SeverityMatrixPage,
} from "@/lib/model/findings/finding.schema";
import { type ApiError, apiUrl, getJson, queryString, segment, sendJson } from "../api";
import { useRunEvents } from "../events/use-run-events";

export interface FindingsScope {
  readonly node: string | null;
  readonly pool: string | null;
}

/** Filters of a list of findings. */
export interface FindingsFilter extends FindingsScope {
  readonly probe: ProbeName | null;
  /** This severity and worse. */
  readonly severity: Severity;
  /** This severity and better; null: no upper bound. */
  readonly atMost: Severity | null;
  readonly q: string;
}

/** What identifies a finding. */
export interface FindingName {
  readonly node: string;
  readonly check: string;
  /** Null where the check is of one probe only. */
  readonly probe: ProbeName | null;
}

const ALL_FINDINGS = ["findings"] as const;
const runKey = (id: string) => ["diagnostic", id] as const;

/** Findings per page of a list, and of a report. */
const LIST_PAGE = 100;
const REPORT_PAGE = 1_000;
/** Nodes per page of the severity matrix. */
const MATRIX_PAGE = 50;
const REFRESH_MS = 15_000;

/** Only a list of one page refreshes itself: reading every added page again would be costly. */
function refreshMs({
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
    queryKey: [...ALL_FINDINGS, "list", filter],
    queryFn: ({ signal, pageParam: cursor }) =>
      getJson<BriefFindings>(
        `/diagnostics${queryString({ ...filterQuery(filter), form: "brief", limit: LIST_PAGE, cursor })}`,
        signal,
      ),
    initialPageParam: null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData,
    refetchInterval: refreshMs,
  });
}

/** The worst severity of each node by probe, worst first, a page at a time; with counts over all nodes. */
export function useSeverityMatrix({ node, pool }: FindingsScope) {
  return useInfiniteQuery<
    SeverityMatrixPage,
    ApiError,
    { pages: SeverityMatrixPage[] },
    readonly unknown[],
    string | null
  >({
    queryKey: [...ALL_FINDINGS, "matrix", { node, pool }],
    queryFn: ({ signal, pageParam: cursor }) =>
      getJson<SeverityMatrixPage>(
        `/diagnostics/posture${queryString({ node, pool, limit: MATRIX_PAGE, cursor })}`,
        signal,
      ),
    initialPageParam: null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData,
    refetchInterval: refreshMs,
  });
}

/** One finding with its evidence and remedies; null when it does not exist. */
export function useFinding({ node, check, probe }: FindingName) {
  return useQuery<Finding | null, ApiError>({
    queryKey: [...ALL_FINDINGS, "one", { node, check, probe }],
    queryFn: async ({ signal }) => {
      const path = `/diagnostics${queryString({ node, check, probe, form: "whole", limit: 1 })}`;
      return (await getJson<Findings>(path, signal)).findings[0] ?? null;
    },
    refetchInterval: REFRESH_MS,
  });
}

interface Report {
  readonly findings: ReportedFindings["findings"];
  /** Findings beyond the printable number exist. */
  readonly more: boolean;
}

/** The most findings that are printed. */
export const MOST_PRINTED = 2_000;

const reportQuery = (filter: FindingsFilter) =>
  queryOptions<Report, ApiError>({
    queryKey: [...ALL_FINDINGS, "report", filter],
    queryFn: () => readReport(filter),
  });

/** The findings to print; undefined until `useReadReport` has read them. */
export function useReport(filter: FindingsFilter) {
  return useQuery({ ...reportQuery(filter), enabled: false });
}

/** Reads the filtered findings with their evidence, and drops them after printing. */
export function useReadReport(filter: FindingsFilter) {
  const client = useQueryClient();
  const query = reportQuery(filter);
  return {
    read: () => client.fetchQuery({ ...query, staleTime: 0 }),
    forget: () => client.removeQueries({ queryKey: query.queryKey }),
  };
}

async function readReport(filter: FindingsFilter): Promise<Report> {
  const findings: ReportedFindings["findings"] = [];
  let cursor: string | null = null;
  do {
    const query = { ...filterQuery(filter), form: "report", limit: REPORT_PAGE, cursor };
    const page: ReportedFindings = await getJson<ReportedFindings>(`/diagnostics${queryString(query)}`);
    findings.push(...page.findings);
    cursor = page.nextCursor;
  } while (cursor !== null && findings.length < MOST_PRINTED);
  return { findings, more: cursor !== null };
}

/** The address of a file with all findings of a scope; the server streams it. */
export function findingsDownloadUrl({ node, pool }: FindingsScope, download: "csv" | "json"): string {
  return apiUrl(`/diagnostics${queryString({ node, pool, download })}`);
}

function filterQuery({ node, pool, probe, severity, atMost, q }: FindingsFilter) {
  return { node, pool, probe, severity, atMost, q: q.trim() || null };
}

/** How often a run is read again while its event stream is not open. */
const REREAD_MS = 2_000;
/**
 * The stream also carries every finding, which progress does not show: a run of more probes than this is read
 * instead.
 */
const MOST_STREAMED_PROBES = 500;

function hasEnded({ state }: Progress): boolean {
  return state === "done" || state === "cancelled";
}

function mergeProgress(_cached: Progress, event: Progress & { readonly findings?: unknown }): Progress {
  const { findings: _, ...progress } = event;
  return progress;
}

/** The progress of a run, refreshed until it ends. */
export function useProgress(id: string | null) {
  const client = useQueryClient();
  const queryKey = runKey(id ?? "");
  const path = `/diagnostics/${segment(id ?? "")}`;
  const cached = client.getQueryData<Progress>(queryKey);
  const follows = cached !== undefined && !hasEnded(cached) && cached.total <= MOST_STREAMED_PROBES;
  const live = useRunEvents({
    path: follows ? `${path}/events` : null,
    queryKey,
    snapshot: "diagnostic",
    merge: mergeProgress,
  });
  return useQuery<Progress, ApiError>({
    queryKey,
    queryFn: ({ signal }) => getJson<Progress>(`${path}?form=progress`, signal),
    enabled: id !== null,
    staleTime: live ? Number.POSITIVE_INFINITY : 0,
    refetchInterval: ({ state: { data } }) => (live || (data && hasEnded(data)) ? false : REREAD_MS),
  });
}

/** Starts a run. */
export function useDiagnose() {
  return useMutation<Diagnostic, ApiError, DiagnoseInput>({
    mutationFn: (input) => sendJson<Diagnostic>("POST", "/diagnostics", input),
  });
}

/** Cancels the probes of a run that have not started. */
export function useCancelDiagnostic(id: string) {
  const client = useQueryClient();
  return useMutation<Diagnostic, ApiError>({
    mutationFn: () => sendJson<Diagnostic>("POST", `/diagnostics/${segment(id)}/cancel`),
    onSuccess: (run) => client.setQueryData(runKey(id), run),
  });
}

/** Marks or unmarks a node's build as patched against an advisory. */
export function useMarkPatched() {
  const client = useQueryClient();
  return useMutation<void, ApiError, PatchedInput>({
    mutationFn: (input) => sendJson<void>("POST", "/diagnostics/patched", input),
    onSettled: () => void client.invalidateQueries({ queryKey: ALL_FINDINGS }),
  });
}

/** Reads the findings again. The fleet's counts come with its event stream. */
export function useRefreshFindings(): () => void {
  const client = useQueryClient();
  return useCallback(() => void client.invalidateQueries({ queryKey: ALL_FINDINGS }), [client]);
}
