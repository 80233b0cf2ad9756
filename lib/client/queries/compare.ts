"use client";
/** Comparing nodes, and the balance and consistency of pools. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { COMPARE_NODES } from "@/lib/model/compare";
import type { Balance, Compare, Drift } from "@/lib/model/compare.schema";
import { type ApiError, getJson, queryString, segment } from "../api";
import { usePollIntervalMs } from "./fleet";
import { FACTS_REFRESH_MS } from "./node";

/** Each read sends two requests to every node: less often than a poll. */
const COMPARE_EVERY_MS = 15_000;

/** The differences between nodes; `all`: identical values too. Read once enough nodes are selected. */
export function useCompare(nodes: readonly string[], all: boolean) {
  const intervalMs = Math.max(usePollIntervalMs(), COMPARE_EVERY_MS);
  return useQuery<Compare, ApiError>({
    queryKey: ["compare", nodes, all],
    queryFn: ({ signal }) =>
      getJson<Compare>(`/compare${queryString({ node: nodes, all: all ? 1 : undefined })}`, signal),
    enabled: nodes.length >= COMPARE_NODES.least,
    staleTime: intervalMs,
    refetchInterval: intervalMs,
    placeholderData: keepPreviousData,
  });
}

function usePoolReading<T>(pool: string, path: string) {
  return useQuery<T, ApiError>({
    queryKey: ["pool", pool, path],
    queryFn: ({ signal }) => getJson<T>(`/pools/${segment(pool)}/${path}`, signal),
    staleTime: FACTS_REFRESH_MS,
    refetchInterval: FACTS_REFRESH_MS,
  });
}

/** The differences between the nodes of a pool. */
export function usePoolConsistency(pool: string) {
  return usePoolReading<Drift>(pool, "drift");
}

/** Each node's share of the key space beside its share of the items and gets. */
export function usePoolBalance(pool: string) {
  return usePoolReading<Balance>(pool, "balance");
}
