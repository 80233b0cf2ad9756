"use client";
/**
 * One event stream per browser.
 *
 * Browsers allow six connections to an origin, so tabs share one stream: of the visible tabs, the one that holds a
 * Web Lock (the leader) reads `/api/v1/events` and passes every event on over a BroadcastChannel. A hidden tab
 * releases the lock, so that no stream is open while every tab is hidden. A tab that becomes visible competes for
 * the lock again and reads the fleet at once, so that it shows fresh data within a second. A stream that falls silent
 * is opened again, and so is every stream after the machine slept (`stream-watch.ts`).
 *
 * Loaded after the page.
 */
import type { QueryClient } from "@tanstack/react-query";
import { applyDelta } from "@/lib/fleet-sync/apply-delta";
import type { FleetDelta } from "@/lib/fleet-sync/delta";
import type { Fleet } from "@/lib/model/fleet.schema";
import type { Node } from "@/lib/model/node/node.schema";
import { apiUrl } from "../api";
import { fleetQuery } from "../queries/fleet";
import { ALL_NODES } from "../queries/node";
import { ALL_SERIES } from "../queries/series";
import { type StreamState, setStreamState, streamState } from "./connection-state";
import { recordChanges } from "./recent-changes";
import { ALIVE, StreamWatch } from "./stream-watch";

type Message =
  | { readonly changes: FleetDelta }
  | { readonly state: StreamState }
  | { readonly alive: true }
  | { readonly request: "state" };

const NAME = "memfleet-events";

/** Applies changes to the cached fleet and its cached nodes. */
function applyChanges(client: QueryClient, changes: FleetDelta): void {
  recordChanges(changes);
  const before = client.getQueryData<Fleet>(fleetQuery.queryKey);
  if (before === undefined) return;
  const fleet = applyDelta(before, changes);
  client.setQueryData<Fleet>(fleetQuery.queryKey, fleet);
  for (const { queryKey, state } of client.getQueryCache().findAll({ queryKey: ALL_NODES })) {
    const node = fleet.nodes.find(({ id }) => id === queryKey[1]);
    const cached = state.data as Node | undefined;
    if (node === undefined || before.nodes.includes(node)) continue;
    if ((node.atMs ?? 0) >= (cached?.atMs ?? 0)) client.setQueryData(queryKey, node);
  }
}

interface StreamReader {
  readonly onChanges: (changes: FleetDelta) => void;
  readonly onState: (state: StreamState) => void;
  /** Anything has arrived. */
  readonly onHeard: () => void;
}

/** Reads the stream until aborted, reconnecting when it breaks. Returns how to open it again at once. */
function readStream(signal: AbortSignal, { onChanges, onState, onHeard }: StreamReader): () => void {
  let source: EventSource | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;

  const open = () => {
    clearTimeout(retry);
    source?.close();
    if (signal.aborted) return;
    source = new EventSource(apiUrl("/events?form=columns"));
    source.onopen = () => {
      failures = 0;
      onHeard();
      onState("open");
    };
    source.onerror = () => {
      onState("lost");
      source?.close();
      failures += 1;
      const waitMs = Math.min(15_000, 500 * 2 ** failures) * (0.75 + Math.random() / 2);
      retry = setTimeout(open, waitMs);
    };
    source.addEventListener(ALIVE, onHeard);
    source.addEventListener("changes", (message: MessageEvent<string>) => {
      onHeard();
      onChanges(JSON.parse(message.data) as FleetDelta);
    });
  };
  open();
  addEventListener("online", open, { signal });
  signal.addEventListener("abort", () => {
    clearTimeout(retry);
    source?.close();
  });
  return () => {
    onState("lost");
    open();
  };
}

/** Starts receiving events in this tab. Returns a function that stops it. */
export function startEvents(client: QueryClient): () => void {
  const stop = new AbortController();
  const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(NAME);
  /** Aborting it cancels the request for the lock, and releases it. */
  let candidacy: AbortController | undefined;
  let leads = false;
  /** Opens the leader's stream again. */
  let reopen: () => void = () => {};

  const broadcast = (message: Message) => channel?.postMessage(message);
  const refresh = () => void client.invalidateQueries({ queryKey: fleetQuery.queryKey });
  const refreshAll = () => {
    refresh();
    void client.invalidateQueries({ queryKey: ALL_SERIES });
  };

  /** A tab that does not lead reads the fleet itself: the leader may be frozen. */
  const renew = () => {
    if (document.hidden) return;
    if (leads) reopen();
    else {
      setStreamState("lost");
      refresh();
    }
  };
  const watch = new StreamWatch({
    onSilent: renew,
    onWake: () => {
      renew();
      if (!document.hidden) refreshAll();
    },
  });

  const lead = (signal: AbortSignal) => {
    leads = true;
    signal.addEventListener("abort", () => {
      leads = false;
    });
    watch.heard();
    reopen = readStream(signal, {
      onHeard: () => {
        watch.heard();
        broadcast({ alive: true });
      },
      onChanges: (changes) => {
        applyChanges(client, changes);
        broadcast({ changes });
      },
      onState: (next) => {
        // The stream does not repeat what happened while it was closed.
        if (next === "open" && streamState() === "lost") refresh();
        setStreamState(next);
        broadcast({ state: next });
      },
    });
  };

  const compete = () => {
    candidacy = new AbortController();
    const { signal } = candidacy;
    setStreamState("connecting");
    if (navigator.locks === undefined) return lead(signal);
    broadcast({ request: "state" });
    navigator.locks
      .request(NAME, { signal }, () => {
        // The lock may be granted in the moment in which this tab withdraws.
        if (signal.aborted) return undefined;
        lead(signal);
        return new Promise<void>((release) => signal.addEventListener("abort", () => release()));
      })
      .catch(() => undefined);
  };

  const withdraw = () => {
    candidacy?.abort();
    candidacy = undefined;
    setStreamState("paused");
  };

  channel?.addEventListener("message", ({ data }: MessageEvent<Message>) => {
    if ("request" in data) {
      if (leads) broadcast({ state: streamState() });
    } else if (candidacy !== undefined && !leads) {
      watch.heard();
      if ("changes" in data) applyChanges(client, data.changes);
      else if ("state" in data) setStreamState(data.state);
      else if (streamState() === "lost") setStreamState("open");
    }
  });

  const onVisibility = () => {
    if (document.hidden) withdraw();
    else if (candidacy === undefined) {
      compete();
      watch.heard();
      refreshAll();
    }
  };
  document.addEventListener("visibilitychange", onVisibility, { signal: stop.signal });
  document.addEventListener("resume", renew, { signal: stop.signal });
  // The sockets of a frozen or cached page are cut without an event of their own.
  addEventListener("pageshow", (event) => event.persisted && refresh(), { signal: stop.signal });
  addEventListener("online", refresh, { signal: stop.signal });
  if (document.hidden) setStreamState("paused");
  else compete();

  return () => {
    stop.abort();
    watch.stop();
    candidacy?.abort();
    channel?.close();
  };
}
