/**
 * The stream behind `/api/v1/events`: what changed, gathered for a second at most.
 *
 * Events: `hello` once; `nodes` with every node that changed; `removed` with ids; `fleet` with the fleet reply
 * without its nodes.
 */
import "server-only";
import { type EventReader, eventFeed } from "./event-feed";
import type { Runtime } from "./runtime";

const GATHER_MS = 1_000;

export function eventStream(runtime: Runtime, request: Request): Response {
  return eventFeed(runtime, request, "viewer", (reader) => follow(runtime, reader));
}

function follow(runtime: Runtime, { send }: EventReader): () => void {
  const changed = new Set<string>();
  const removed = new Set<string>();
  let dirty = false;

  const flush = () => {
    if (!dirty) return;
    dirty = false;
    const { nodes: _, ...fleet } = runtime.fleet();
    if (removed.size > 0) send("removed", { ids: [...removed] });
    const nodes = [...changed].flatMap((id) => runtime.node(id) ?? []);
    if (nodes.length > 0) send("nodes", { atMs: fleet.atMs, nodes });
    send("fleet", fleet);
    changed.clear();
    removed.clear();
  };

  const stopChanges = runtime.onChange((change) => {
    dirty = true;
    for (const id of change.changed) changed.add(id);
    for (const id of change.removed) removed.add(id);
  });
  const gather = setInterval(flush, GATHER_MS);
  send("hello", { atMs: Date.now(), pollIntervalMs: runtime.configuration.poll.intervalMs });
  return () => {
    clearInterval(gather);
    stopChanges();
  };
}
