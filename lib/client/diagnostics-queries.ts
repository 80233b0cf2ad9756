"use client";
/** What pages ask about diagnostics, and what they set going. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import type { DiagnoseInput, Diagnostic, Findings, PatchedInput } from "@/lib/model/finding";
import { type ApiError, getJson, queryString, segment, sendJson } from "./api";
import { queryKeys } from "./query-keys";

export interface FindingsScope {
  readonly node: string | null;
  readonly pool: string | null;
  /** False: without what is well, which is most of a large fleet. */
  readonly well: boolean;
}

/** Where findings are read from, without `/api/v1`. */
export function findingsPath({ node, pool, well }: FindingsScope): string {
  const severity = well ? undefined : "info";
  return `/diagnostics${queryString({ node: node ?? undefined, pool: pool ?? undefined, severity })}`;
}

/** The newest finding of every node and check, worst first. */
export function useFindings(scope: FindingsScope, enabled = true) {
  return useQuery<Findings, ApiError>({
    queryKey: queryKeys.findings(scope),
    queryFn: ({ signal }) => getJson<Findings>(findingsPath(scope), signal),
    enabled,
    refetchInterval: 15_000,
    // What is well comes on top of what was shown before: that stays until it is there.
    placeholderData: (before, query) => {
      const same = (query?.queryKey[1] as FindingsScope | undefined) ?? null;
      return same?.node === scope.node && same.pool === scope.pool ? before : undefined;
    },
  });
}

/** A run as it goes on. */
export function useDiagnostic(id: string | null) {
  return useQuery<Diagnostic, ApiError>({
    queryKey: queryKeys.diagnostic(id ?? ""),
    queryFn: ({ signal }) => getJson<Diagnostic>(`/diagnostics/${segment(id ?? "")}`, signal),
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

/** Asks for the findings again. */
export function useRefreshFindings(): () => void {
  const client = useQueryClient();
  return useCallback(() => {
    void client.invalidateQueries({ queryKey: queryKeys.allFindings });
    void client.invalidateQueries({ queryKey: queryKeys.fleet });
  }, [client]);
}
