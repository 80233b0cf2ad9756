/**
 * The stream behind `/api/v1/events`: changes of the fleet, gathered for a second.
 *
 * Events: `hello` once; then, in the form `nodes`, `nodes` with every node that changed, `removed` with ids and
 * `fleet` with the fleet reply without its nodes; in the form `columns` one `changes` with only what differs from
 * what this reader already has (see `FleetChanges`).
 */
import "server-only";
import { FleetDeltaEncoder } from "@/lib/fleet-sync/delta-encoder";
import type { Node } from "@/lib/model/node/node.schema";
import type { Runtime } from "@/lib/server/runtime";
import { gathered, type SseWriter, sseResponse } from "../sse";

const GATHER_MS = 1_000;

type StreamForm = "nodes" | "columns";

export function fleetStream(runtime: Runtime, request: Request, form: StreamForm): Response {
  return sseResponse(runtime, request, "viewer", (reader) => follow(runtime, reader, form));
}

function follow(runtime: Runtime, { send }: SseWriter, form: StreamForm): () => void {
  const changed = new Set<string>();
  const removed = new Set<string>();

  const encoder = new FleetDeltaEncoder();
  const sendChanges = (nodes: readonly Node[]) => {
    const fleet = runtime.fleetSummary();
    const changes = encoder.next(fleet, nodes, [...removed], Date.now());
    if (changes !== null) send("changes", changes);
  };
  const sendNodes = (nodes: readonly Node[]) => {
    const { nodes: _, ...fleet } = runtime.fleet();
    if (removed.size > 0) send("removed", { ids: [...removed] });
    if (nodes.length > 0) send("nodes", { atMs: fleet.atMs, nodes });
    send("fleet", fleet);
  };

  const subscribe = (onChange: () => void) =>
    runtime.onChange((change) => {
      for (const id of change.changed) changed.add(id);
      for (const id of change.removed) removed.add(id);
      onChange();
    });
  const updates = gathered(subscribe, GATHER_MS, () => {
    const nodes = [...changed].flatMap((id) => runtime.node(id) ?? []);
    if (form === "columns") sendChanges(nodes);
    else sendNodes(nodes);
    changed.clear();
    removed.clear();
  });
  send("hello", { atMs: Date.now(), pollIntervalMs: runtime.configuration.poll.intervalMs });
  return updates.stop;
}
