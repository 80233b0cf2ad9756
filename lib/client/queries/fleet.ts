"use client";
/** What pages ask for. Lists that the event stream keeps current are asked for once and again after a gap. */
import { keepPreviousData, type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { decodeFleet, type FleetColumns } from "@/lib/fleet-sync/fleet-columns";
import type { Fleet } from "@/lib/model/fleet.schema";
import type { StatsGroup } from "@/lib/model/node/capability";
import type { Catalogue, ConnectionsReply, SlabsReply, StatsReply } from "@/lib/model/node/inspection.schema";
import type { Node } from "@/lib/model/node/node.schema";
import type { Series } from "@/lib/model/series.schema";
import { type ApiError, getJson, segment } from "../api";
import { useStreamState } from "../events/connection-state";
import { queryKeys } from "./query-keys";
import { type SeriesQuery, seriesPath } from "./series";

const DEFAULT_POLL_INTERVAL_MS = 10_000;

/** How often the fleet is polled, milliseconds, as the server said; 10 s before it said anything. */
export function usePollIntervalMs(): number {
  const client = useQueryClient();
  return client.getQueryData<Fleet>(queryKeys.fleet)?.pollIntervalMs ?? DEFAULT_POLL_INTERVAL_MS;
}

/** The whole fleet. While the event stream is not open, it is asked for at every poll interval instead. */
export function useFleet() {
  const stream = useStreamState();
  const intervalMs = usePollIntervalMs();
  return useQuery<Fleet, ApiError>({
    queryKey: queryKeys.fleet,
    queryFn: ({ signal }) => readFleet(signal),
    // The stream replaces what changed and nothing else: comparing thousands of nodes again would find the same.
    structuralSharing: false,
    // A page of a large fleet starts with the first nodes only: the rest is asked for at once.
    staleTime: (query) => (query.state.data?.nextCursor ? 0 : Number.POSITIVE_INFINITY),
    refetchInterval: stream === "open" ? false : intervalMs,
  });
}

async function readFleet(signal: AbortSignal): Promise<Fleet> {
  const askedMs = performance.now();
  const [fleet, { replayMissed: caughtUp }] = await Promise.all([
    getJson<FleetColumns>("/fleet?form=columns", signal),
    import("../events/events"),
  ]);
  return caughtUp(decodeFleet(fleet), askedMs);
}

function knownNode(client: QueryClient, id: string): Node | undefined {
  return client.getQueryData<Fleet>(queryKeys.fleet)?.nodes.find((node) => node.id === id);
}

/**
 * One node. Starts with what the fleet list knows. The event stream leaves out what lists do not show, so it is
 * asked for at every poll interval besides.
 */
export function useNode(id: string) {
  const client = useQueryClient();
  const intervalMs = usePollIntervalMs();
  return useQuery<Node, ApiError>({
    queryKey: queryKeys.node(id),
    queryFn: ({ signal }) => getJson<Node>(`/nodes/${segment(id)}`, signal),
    initialData: () => knownNode(client, id),
    initialDataUpdatedAt: 0,
    staleTime: intervalMs,
    refetchInterval: intervalMs,
  });
}

interface AskOptions {
  readonly enabled?: boolean;
}

/**
 * Series over a window. A window that ends now moves on with every poll interval; the last reply stays in
 * view while the next one is on its way.
 */
export function useSeries(query: SeriesQuery, { enabled = true }: AskOptions = {}) {
  const intervalMs = usePollIntervalMs();
  const moving = query.to === "now";
  return useQuery<Series, ApiError>({
    queryKey: queryKeys.series(query),
    queryFn: ({ signal }) => getJson<Series>(seriesPath(query), signal),
    enabled,
    staleTime: moving ? intervalMs : 5 * 60_000,
    refetchInterval: moving ? Math.max(intervalMs, longWindowMs(query.from)) : false,
    placeholderData: keepPreviousData,
  });
}

/** A point of a long window covers minutes: asking every ten seconds would show the same picture. */
function longWindowMs(from: string): number {
  return /^now-\d+d$/.test(from) ? 60_000 : 0;
}

/** How often facts that hardly change are asked for again, milliseconds: settings, versions of libraries. */
export const FACTS_REFRESH_MS = 60_000;

interface AskStatsOptions extends AskOptions {
  /** How old a reply may become, milliseconds; a poll interval unless told. */
  readonly refreshMs?: number;
}

/** One live `stats` group of a node, as the server says it. Asked on demand. */
export function useStats(
  node: string,
  group: StatsGroup,
  { enabled = true, refreshMs = 0 }: AskStatsOptions = {},
) {
  const intervalMs = Math.max(usePollIntervalMs(), refreshMs);
  return useQuery<StatsReply, ApiError>({
    queryKey: queryKeys.stats(node, group),
    queryFn: ({ signal }) => getJson<StatsReply>(`/nodes/${segment(node)}/stats/${group}`, signal),
    enabled,
    staleTime: intervalMs,
    refetchInterval: intervalMs,
  });
}

/** A node's slab classes, live. */
export function useSlabs(node: string, { enabled = true }: AskOptions = {}) {
  const intervalMs = usePollIntervalMs();
  return useQuery<SlabsReply, ApiError>({
    queryKey: queryKeys.slabs(node),
    queryFn: ({ signal }) => getJson<SlabsReply>(`/nodes/${segment(node)}/slabs`, signal),
    enabled,
    staleTime: intervalMs,
    refetchInterval: intervalMs,
  });
}

/** A node's connections from `stats conns`, live. */
export function useConnections(node: string, { enabled = true }: AskOptions = {}) {
  const intervalMs = usePollIntervalMs();
  return useQuery<ConnectionsReply, ApiError>({
    queryKey: queryKeys.connections(node),
    queryFn: ({ signal }) => getJson<ConnectionsReply>(`/nodes/${segment(node)}/connections`, signal),
    enabled,
    staleTime: intervalMs,
    refetchInterval: intervalMs,
  });
}

/** Every stat and derived metric with its meaning. */
export function useCatalogue({ enabled = true }: AskOptions = {}) {
  return useQuery<Catalogue, ApiError>({
    queryKey: queryKeys.catalogue,
    queryFn: ({ signal }) => getJson<Catalogue>("/metrics-catalogue", signal),
    enabled,
    staleTime: 10 * 60_000,
  });
}
