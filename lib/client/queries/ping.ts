"use client";
import { useCallback, useEffect, useRef, useState } from "react";
import type { Ping, PingSummary } from "@/lib/model/node/keys.schema";
import { queryString, segment } from "../api";

export interface PingState {
  readonly pings: readonly Ping[];
  readonly summary: PingSummary | null;
  readonly running: boolean;
  /** The stream broke before its end. */
  readonly broken: boolean;
}

const NOTHING: PingState = { pings: [], summary: null, running: false, broken: false };

/** Round trips to a node, as they come. */
export function usePing(node: string) {
  const [state, setState] = useState<PingState>(NOTHING);
  const source = useRef<EventSource | null>(null);
  const stop = useCallback(() => {
    source.current?.close();
    source.current = null;
    setState((before) => ({ ...before, running: false }));
  }, []);
  useEffect(() => () => source.current?.close(), []);

  const start = useCallback(
    (count: number, intervalMs: number) => {
      source.current?.close();
      const path = `/api/v1/nodes/${segment(node)}/ping${queryString({ count, intervalMs })}`;
      const mine = new EventSource(path);
      source.current = mine;
      setState({ ...NOTHING, running: true });
      mine.addEventListener("ping", ({ data }: MessageEvent<string>) => {
        const ping = JSON.parse(data) as Ping;
        setState((before) => ({ ...before, pings: [...before.pings, ping] }));
      });
      mine.addEventListener("done", ({ data }: MessageEvent<string>) => {
        // The stream would be opened again otherwise.
        mine.close();
        setState((before) => ({ ...before, running: false, summary: JSON.parse(data) as PingSummary }));
      });
      mine.onerror = () => {
        mine.close();
        setState((before) => ({ ...before, running: false, broken: true }));
      };
    },
    [node],
  );
  return { state, start, stop };
}
