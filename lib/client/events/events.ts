"use client";
/**
 * One event stream per browser.
 *
 * Browsers allow six connections to an origin, so tabs share one stream: of the tabs in view, the one that
 * holds a Web Lock reads `/api/v1/events` and passes everything on over a BroadcastChannel. A hidden tab gives
 * the lock up, so that with every tab hidden no stream is open. A tab that comes into view competes for the
 * lock again and asks for the fleet at once, so that what it shows is fresh within a second.
 *
 * Loaded when the page stands.
 */
import type { QueryClient } from "@tanstack/react-query";
import { applyDelta } from "@/lib/fleet-sync/apply-delta";
import type { FleetDelta } from "@/lib/fleet-sync/delta";
import type { Fleet } from "@/lib/model/fleet.schema";
import type { Node } from "@/lib/model/node/node.schema";
import { queryKeys } from "../queries/query-keys";
import { type StreamState, setStreamState, streamState } from "./connection-state";

type Message = { readonly changes: FleetDelta } | { readonly state: StreamState } | { readonly ask: "state" };

const NAME = "memfleet-events";

/** Longer than a request takes. */
const RECENT_MS = 30_000;

let recentChanges: { readonly heardMs: number; readonly changes: FleetDelta }[] = [];

/** `fleet`, asked for at `askedMs` of `performance.now()`, with what was heard while the answer was on its way. */
export function replayMissed(fleet: Fleet, askedMs: number): Fleet {
  return recentChanges
    .filter(({ heardMs }) => heardMs >= askedMs)
    .reduce((known, { changes }) => applyDelta(known, changes), fleet);
}

/** Changes the cache as a message says. */
export function applyChanges(client: QueryClient, changes: FleetDelta): void {
  const heardMs = performance.now();
  recentChanges = [
    ...recentChanges.filter((each) => each.heardMs > heardMs - RECENT_MS),
    { heardMs, changes },
  ];
  const before = client.getQueryData<Fleet>(queryKeys.fleet);
  if (before === undefined) return;
  const fleet = applyDelta(before, changes);
  client.setQueryData<Fleet>(queryKeys.fleet, fleet);
  for (const { queryKey, state } of client.getQueryCache().findAll({ queryKey: queryKeys.allNodes })) {
    const node = fleet.nodes.find(({ id }) => id === queryKey[1]);
    const known = state.data as Node | undefined;
    if (node === undefined || before.nodes.includes(node)) continue;
    if ((node.atMs ?? 0) >= (known?.atMs ?? 0)) client.setQueryData(queryKey, node);
  }
}

/** Reads the stream until aborted, opening it again when it breaks. */
function read(
  signal: AbortSignal,
  onChanges: (changes: FleetDelta) => void,
  onState: (s: StreamState) => void,
) {
  let source: EventSource | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;

  const open = () => {
    clearTimeout(retry);
    source?.close();
    source = new EventSource("/api/v1/events?form=columns");
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
    source.addEventListener("changes", (message: MessageEvent<string>) => {
      onChanges(JSON.parse(message.data) as FleetDelta);
    });
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
      (changes) => {
        applyChanges(client, changes);
        tell({ changes });
      },
      (next) => {
        // Whatever happened while the stream was not open is not repeated by it.
        if (next === "open" && streamState() === "lost") refresh();
        setStreamState(next);
        tell({ state: next });
      },
    );
  };

  const join = () => {
    turn = new AbortController();
    const { signal } = turn;
    setStreamState("connecting");
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
    setStreamState("paused");
  };

  channel?.addEventListener("message", ({ data }: MessageEvent<Message>) => {
    if ("ask" in data) {
      if (leads) tell({ state: streamState() });
    } else if (turn !== undefined && !leads) {
      if ("changes" in data) applyChanges(client, data.changes);
      else setStreamState(data.state);
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
  if (document.hidden) setStreamState("paused");
  else join();

  return () => {
    stop.abort();
    turn?.abort();
    channel?.close();
  };
}
