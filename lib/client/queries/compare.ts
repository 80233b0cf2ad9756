"use client";
/** What the comparing of nodes asks for. Its keys are here, so that pages without it do not load them. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { COMPARE_NODES } from "@/lib/model/compare";
import type { Balance, Compare, Drift } from "@/lib/model/compare.schema";
import { type ApiError, getJson, queryString, segment } from "../api";
import { FACTS_REFRESH_MS, usePollIntervalMs } from "./fleet";

const compareKeys = {
  compare: (nodes: readonly string[], all: boolean) => ["compare", nodes, all] as const,
  drift: (pool: string) => ["pool-drift", pool] as const,
  balance: (pool: string) => ["pool-balance", pool] as const,
};

/** Every node is asked for two groups each time: not as often as a poll. */
const COMPARE_EVERY_MS = 15_000;

/** What differs between nodes; `all`: also what does not. Asked when there are enough of them. */
export function useCompare(nodes: readonly string[], all: boolean) {
  const intervalMs = Math.max(usePollIntervalMs(), COMPARE_EVERY_MS);
  return useQuery<Compare, ApiError>({
    queryKey: compareKeys.compare(nodes, all),
    queryFn: ({ signal }) =>
      getJson<Compare>(`/compare${queryString({ node: nodes, all: all ? 1 : undefined })}`, signal),
    enabled: nodes.length >= COMPARE_NODES.least,
    staleTime: intervalMs,
    refetchInterval: intervalMs,
    placeholderData: keepPreviousData,
  });
}

/** How unlike the nodes of a pool are. */
export function usePoolDrift(pool: string) {
  return useQuery<Drift, ApiError>({
    queryKey: compareKeys.drift(pool),
    queryFn: ({ signal }) => getJson<Drift>(`/pools/${segment(pool)}/drift`, signal),
    staleTime: FACTS_REFRESH_MS,
    refetchInterval: FACTS_REFRESH_MS,
  });
}

/** Each node's share of the key space beside its share of the items and gets. */
export function usePoolBalance(pool: string) {
  return useQuery<Balance, ApiError>({
    queryKey: compareKeys.balance(pool),
    queryFn: ({ signal }) => getJson<Balance>(`/pools/${segment(pool)}/balance`, signal),
    staleTime: FACTS_REFRESH_MS,
    refetchInterval: FACTS_REFRESH_MS,
  });
}
