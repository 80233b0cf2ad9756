"use client";
/** The fleet: its totals, pools, attention, notices and nodes. */
import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { decodeFleet, type FleetColumns } from "@/lib/fleet-sync/fleet-columns";
import type { Fleet } from "@/lib/model/fleet.schema";
import { type ApiError, getJson } from "../api";
import { useStreamState } from "../events/connection-state";
import { changesSince } from "../events/recent-changes";

const DEFAULT_POLL_INTERVAL_MS = 10_000;

export const fleetQuery = queryOptions<Fleet, ApiError>({
  queryKey: ["fleet"],
  queryFn: ({ signal }) => readFleet(signal),
  // The stream replaces only what changed: comparing thousands of nodes again would find the same.
  structuralSharing: false,
  // A page of a large fleet comes with the first nodes only; the rest is read at once.
  staleTime: (query) => (query.state.data?.nextCursor ? 0 : Number.POSITIVE_INFINITY),
});

/** How often the server polls the nodes, milliseconds; 10 s before the first fleet reply. */
export function usePollIntervalMs(): number {
  const client = useQueryClient();
  return client.getQueryData<Fleet>(fleetQuery.queryKey)?.pollIntervalMs ?? DEFAULT_POLL_INTERVAL_MS;
}

/** The fleet. While the event stream is not open, it is read at every poll interval instead. */
export function useFleet() {
  const stream = useStreamState();
  const intervalMs = usePollIntervalMs();
  return useQuery({ ...fleetQuery, refetchInterval: stream === "open" ? false : intervalMs });
}

async function readFleet(signal: AbortSignal): Promise<Fleet> {
  const requestedMs = performance.now();
  const fleet = decodeFleet(await getJson<FleetColumns>("/fleet?form=columns", signal));
  if (changesSince(requestedMs).length === 0) return fleet;
  const { applyDelta } = await import("@/lib/fleet-sync/apply-delta");
  return changesSince(requestedMs).reduce(applyDelta, fleet);
}
