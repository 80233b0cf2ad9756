"use client";
/** One node: its state, and the data that is read from it on demand. */
import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import type { StatsGroup } from "@/lib/catalogue/stats-groups";
import type { Fleet } from "@/lib/model/fleet.schema";
import type { ConnectionsReply, SlabsReply, StatsReply } from "@/lib/model/node/inspection.schema";
import type { Ping, PingSummary } from "@/lib/model/node/keys.schema";
import type { Node } from "@/lib/model/node/node.schema";
import { nodeSegment } from "@/lib/model/node/path-segments";
import { type ApiError, apiUrl, getJson, queryString } from "../api";
import { ALIVE, StreamWatch } from "../events/stream-watch";
import { fleetQuery, usePollIntervalMs } from "./fleet";

/** How often settings and library versions, which hardly change, are read again, milliseconds. */
export const FACTS_REFRESH_MS = 60_000;

export const ALL_NODES = ["node"] as const;

function cachedNode(client: QueryClient, id: string): Node | undefined {
  return client.getQueryData<Fleet>(fleetQuery.queryKey)?.nodes.find((node) => node.id === id);
}

/**
 * One node, at first as in the fleet list. The event stream leaves out what lists do not show, so the node is also
 * read at every poll interval.
 */
export function useNode(id: string) {
  const client = useQueryClient();
  const intervalMs = usePollIntervalMs();
  return useQuery<Node, ApiError>({
    queryKey: [...ALL_NODES, id],
    queryFn: ({ signal }) => getJson<Node>(`/nodes/${nodeSegment(id)}`, signal),
    initialData: () => cachedNode(client, id),
    initialDataUpdatedAt: 0,
    staleTime: intervalMs,
    refetchInterval: intervalMs,
  });
}

interface LiveOptions {
  readonly enabled?: boolean;
  /** How old a reply may become, milliseconds; at least a poll interval. */
  readonly refreshMs?: number;
}

/** `path` of a node, read while shown. */
function useLive<T>(node: string, path: string, { enabled = true, refreshMs = 0 }: LiveOptions) {
  const intervalMs = Math.max(usePollIntervalMs(), refreshMs);
  return useQuery<T, ApiError>({
    queryKey: ["live", node, path],
    queryFn: ({ signal }) => getJson<T>(`/nodes/${nodeSegment(node)}/${path}`, signal),
    enabled,
    staleTime: intervalMs,
    refetchInterval: intervalMs,
  });
}

/** One `stats` group as the node reports it. */
export function useStats(node: string, group: StatsGroup, options: LiveOptions = {}) {
  return useLive<StatsReply>(node, `stats/${group}`, options);
}

/** A node's slab classes. */
export function useSlabs(node: string, options: LiveOptions = {}) {
  return useLive<SlabsReply>(node, "slabs", options);
}

/** A node's connections from `stats conns`. */
export function useConnections(node: string, options: LiveOptions = {}) {
  return useLive<ConnectionsReply>(node, "connections", options);
}

interface PingState {
  readonly pings: readonly Ping[];
  readonly summary: PingSummary | null;
  readonly running: boolean;
  /** The stream broke before its end. */
  readonly broken: boolean;
}

const NO_PINGS: PingState = { pings: [], summary: null, running: false, broken: false };

/** Pings to a node, as they arrive. */
export function usePing(node: string) {
  const [state, setState] = useState<PingState>(NO_PINGS);
  const current = useRef<Pick<EventSource, "close"> | null>(null);
  const stop = useCallback(() => {
    current.current?.close();
    current.current = null;
  }, []);
  useEffect(() => () => current.current?.close(), []);

  const start = useCallback(
    (count: number, intervalMs: number) => {
      current.current?.close();
      const source = new EventSource(
        apiUrl(`/nodes/${nodeSegment(node)}/ping${queryString({ count, intervalMs })}`),
      );
      const watch = new StreamWatch({ onSilent: broken, onWake: broken });
      const end = (change: Partial<PingState>) => {
        watch.stop();
        // The browser would reconnect otherwise.
        source.close();
        setState((before) => ({ ...before, running: false, ...change }));
      };
      function broken() {
        end({ broken: true });
      }
      current.current = { close: () => end({}) };
      source.addEventListener(ALIVE, () => watch.heard());
      setState({ ...NO_PINGS, running: true });
      source.addEventListener("ping", ({ data }: MessageEvent<string>) => {
        watch.heard();
        const ping = JSON.parse(data) as Ping;
        setState((before) => ({ ...before, pings: [...before.pings, ping] }));
      });
      source.addEventListener("done", ({ data }: MessageEvent<string>) => {
        end({ summary: JSON.parse(data) as PingSummary });
      });
      source.onerror = broken;
    },
    [node],
  );
  return { state, start, stop };
}
