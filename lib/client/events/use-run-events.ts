"use client";
import { type QueryKey, useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useState } from "react";
import { apiUrl } from "../api";
import { ALIVE, StreamWatch } from "./stream-watch";

interface RunEvents<Run> {
  /** The stream below `/api/v1`; null while there is nothing to follow. */
  readonly path: string | null;
  readonly queryKey: QueryKey;
  /** The event that carries the complete run: the first one, and the first after a reconnect. */
  readonly snapshot: string;
  /** The cached run after an event. `partial`: the event carries only the parts that changed. */
  readonly merge: (cached: Run, event: Run, partial: boolean) => Run;
}

/**
 * Keeps a cached run current from its event stream until the stream's `end`. Returns whether events arrive; while
 * they do not, the caller re-reads the run. The browser reconnects a broken stream, but not a refused one; a silent one
 * is opened again.
 */
export function useRunEvents<Run>({ path, queryKey, snapshot, merge }: RunEvents<Run>): boolean {
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const apply = useEffectEvent((text: string, partial: boolean) => {
    // A reply requested before the snapshot is older than it.
    if (!partial) void client.cancelQueries({ queryKey });
    const event = JSON.parse(text) as Run;
    client.setQueryData<Run>(queryKey, (cached) => cached && merge(cached, event, partial));
  });
  useEffect(() => {
    if (path === null || typeof EventSource === "undefined") return;
    let source: EventSource | null = null;
    const connect = () => {
      source?.close();
      setOpen(false);
      source = new EventSource(apiUrl(path));
      source.onopen = () => {
        watch.heard();
        setOpen(true);
      };
      source.onerror = () => setOpen(false);
      const on = (event: string, receive: (data: string) => void) =>
        source?.addEventListener(event, ({ data }: MessageEvent<string>) => {
          watch.heard();
          receive(data);
        });
      on(snapshot, (data) => apply(data, false));
      on("progress", (data) => apply(data, true));
      on("end", close);
      on(ALIVE, () => {});
    };
    const close = () => {
      watch.stop();
      source?.close();
    };
    const watch = new StreamWatch({ onSilent: connect, onWake: connect });
    connect();
    return () => {
      close();
      setOpen(false);
    };
  }, [path, snapshot]);
  return open;
}
