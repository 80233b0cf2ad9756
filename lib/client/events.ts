"use client";
/**
 * One event stream per browser.
 *
 * Browsers allow six connections to an origin, so tabs share one stream: of the tabs in view, the one that
 * holds a Web Lock reads `/api/v1/events` and passes everything on over a BroadcastChannel. A hidden tab gives
 * the lock up, so that with every tab hidden no stream is open. A tab that comes into view competes for the
 * lock again and asks for the fleet at once, so that what it shows is fresh within a second.
 */
import type { QueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import type { Fleet } from "@/lib/model/fleet";
import type { Node } from "@/lib/model/node";
import { type FleetSummary, withNodes, withoutNodes, withSummary } from "./fleet-cache";
import { queryKeys } from "./query-keys";

/** `connecting`: not open yet; `open`: live; `lost`: was refused or broke, trying again; `paused`: hidden. */
export type StreamState = "connecting" | "open" | "lost" | "paused";

type StreamEvent =
  | { readonly type: "hello"; readonly data: { readonly atMs: number; readonly pollIntervalMs: number } }
  | { readonly type: "nodes"; readonly data: { readonly atMs: number; readonly nodes: readonly Node[] } }
  | { readonly type: "fleet"; readonly data: FleetSummary }
  | { readonly type: "removed"; readonly data: { readonly ids: readonly string[] } };

type Message = { readonly event: StreamEvent } | { readonly state: StreamState } | { readonly ask: "state" };

const NAME = "memfleet-events";
const EVENT_TYPES = ["hello", "nodes", "fleet", "removed"] as const;

let state: StreamState = "connecting";
const listeners = new Set<() => void>();

function setState(next: StreamState): void {
  if (next === state) return;
  state = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** How the event stream is doing, for this tab. */
export function useStreamState(): StreamState {
  return useSyncExternalStore(
    subscribe,
    () => state,
    () => "connecting",
  );
}

/** Changes the cache as an event says. */
export function applyEvent(client: QueryClient, event: StreamEvent): void {
  const change = (update: (fleet: Fleet) => Fleet) =>
    client.setQueryData<Fleet>(queryKeys.fleet, (fleet) => (fleet === undefined ? fleet : update(fleet)));
  if (event.type === "nodes") {
    change((fleet) => withNodes(fleet, event.data.atMs, event.data.nodes));
    for (const node of event.data.nodes) {
      if (client.getQueryState(queryKeys.node(node.id)) !== undefined) {
        client.setQueryData(queryKeys.node(node.id), node);
      }
    }
  } else if (event.type === "fleet") change((fleet) => withSummary(fleet, event.data));
  else if (event.type === "removed") change((fleet) => withoutNodes(fleet, event.data.ids));
}

/** Reads the stream until aborted, opening it again when it breaks. */
function read(signal: AbortSignal, onEvent: (event: StreamEvent) => void, onState: (s: StreamState) => void) {
  let source: EventSource | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;

  const open = () => {
    clearTimeout(retry);
    source?.close();
    source = new EventSource("/api/v1/events");
    source.onopen = () => {
      failures = 0;
      onState("open");
    };
    source.onerror = () => {
      onState("lost");
      source?.close();
      failures += 1;
      const waitMs = Math.min(15_000, 500 * 2 ** failures) * (0.75 + Math.random() / 2);
      retry = setTimeout(open, waitMs);
    };
    for (const type of EVENT_TYPES) {
      source.addEventListener(type, (message: MessageEvent<string>) => {
        onEvent({ type, data: JSON.parse(message.data) } as StreamEvent);
      });
    }
  };
  open();
  addEventListener("online", open, { signal });
  signal.addEventListener("abort", () => {
    clearTimeout(retry);
    source?.close();
  });
}

/** Starts listening for this tab. Returns the way to stop. */
export function startEvents(client: QueryClient): () => void {
  const stop = new AbortController();
  const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(NAME);
  let turn: AbortController | undefined;
  let leads = false;

  const tell = (message: Message) => channel?.postMessage(message);
  const refresh = () => void client.invalidateQueries({ queryKey: queryKeys.fleet });

  const lead = (signal: AbortSignal) => {
    leads = true;
    signal.addEventListener("abort", () => {
      leads = false;
    });
    read(
      signal,
      (event) => {
        applyEvent(client, event);
        tell({ event });
      },
      (next) => {
        // Whatever happened while the stream was not open is not repeated by it.
        if (next === "open" && state === "lost") refresh();
        setState(next);
        tell({ state: next });
      },
    );
  };

  const join = () => {
    turn = new AbortController();
    const { signal } = turn;
    setState("connecting");
    if (navigator.locks === undefined) return lead(signal);
    tell({ ask: "state" });
    navigator.locks
      .request(NAME, { signal }, () => {
        // The lock may come in the same moment in which this tab gave up.
        if (signal.aborted) return undefined;
        lead(signal);
        return new Promise<void>((release) => signal.addEventListener("abort", () => release()));
      })
      .catch(() => undefined);
  };

  const leave = () => {
    turn?.abort();
    turn = undefined;
    setState("paused");
  };

  channel?.addEventListener("message", ({ data }: MessageEvent<Message>) => {
    if ("ask" in data) {
      if (leads) tell({ state });
    } else if (turn !== undefined && !leads) {
      if ("event" in data) applyEvent(client, data.event);
      else setState(data.state);
    }
  });

  const onVisibility = () => {
    if (document.hidden) leave();
    else if (turn === undefined) {
      join();
      refresh();
      void client.invalidateQueries({ queryKey: queryKeys.allSeries });
    }
  };
  document.addEventListener("visibilitychange", onVisibility, { signal: stop.signal });
  // A frozen or cached page gets its sockets cut without an event of their own.
  addEventListener("pageshow", (event) => event.persisted && refresh(), { signal: stop.signal });
  addEventListener("online", refresh, { signal: stop.signal });
  if (document.hidden) setState("paused");
  else join();

  return () => {
    stop.abort();
    turn?.abort();
    channel?.close();
  };
}
