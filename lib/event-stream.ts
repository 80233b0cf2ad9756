/**
 * The stream behind `/api/v1/events`: what changed, gathered for a second at most.
 *
 * Events: `hello` once; then, in the form `nodes`, `nodes` with every node that changed, `removed` with ids and
 * `fleet` with the fleet reply without its nodes; in the form `columns` one `changes` with only what differs from
 * what this reader was told (see `FleetChanges`). A reader that does not keep up is disconnected rather than buffered without bound.
 */
import "server-only";
import { SentFleet } from "@/lib/model/fleet-differences";
import type { Node } from "@/lib/model/node";
import type { Runtime } from "./runtime";

const GATHER_MS = 1_000;
const KEEP_ALIVE_MS = 15_000;
/** How often it is asked whether the reader may still read: a session that ended ends its streams. */
const ADMIT_AGAIN_MS = 10_000;
/** Bytes a reader may lag behind. */
const LAG_LIMIT = 8 * 1024 * 1024;

export type StreamForm = "nodes" | "columns";

export function eventStream(runtime: Runtime, request: Request, form: StreamForm): Response {
  const { signal } = request;
  const mayRead = async () => (await runtime.access.recognise(request.headers)).actor !== null;
  let end = () => {};
  const stream = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        end = follow(runtime, controller, form, mayRead);
        signal.addEventListener("abort", end, { once: true });
      },
      cancel() {
        end();
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: LAG_LIMIT }),
  );
  return new Response(stream, {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache, no-transform",
      "x-accel-buffering": "no",
    },
  });
}

function follow(
  runtime: Runtime,
  controller: ReadableStreamDefaultController<Uint8Array>,
  form: StreamForm,
  mayRead: () => Promise<boolean>,
): () => void {
  const encoder = new TextEncoder();
  const changed = new Set<string>();
  const removed = new Set<string>();
  let dirty = false;

  const write = (text: string) => {
    if ((controller.desiredSize ?? 0) <= 0) return end();
    controller.enqueue(encoder.encode(text));
  };
  const send = (event: string, data: unknown) => write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);

  const sent = new SentFleet();
  const sendChanges = (nodes: readonly Node[]) => {
    const fleet = runtime.fleetSummary();
    const changes = sent.next(fleet, nodes, [...removed], Date.now());
    if (changes !== null) send("changes", changes);
  };
  const sendNodes = (nodes: readonly Node[]) => {
    const { nodes: _, ...fleet } = runtime.fleet();
    if (removed.size > 0) send("removed", { ids: [...removed] });
    if (nodes.length > 0) send("nodes", { atMs: fleet.atMs, nodes });
    send("fleet", fleet);
  };

  const flush = () => {
    if (!dirty) return;
    dirty = false;
    const nodes = [...changed].flatMap((id) => runtime.node(id) ?? []);
    if (form === "columns") sendChanges(nodes);
    else sendNodes(nodes);
    changed.clear();
    removed.clear();
  };

  const stopChanges = runtime.onChange((change) => {
    dirty = true;
    for (const id of change.changed) changed.add(id);
    for (const id of change.removed) removed.add(id);
  });
  const gather = setInterval(flush, GATHER_MS);
  const keepAlive = setInterval(() => write(": keep-alive\n\n"), KEEP_ALIVE_MS);
  const admission = setInterval(() => {
    // Not knowing is not being allowed: the browser asks again, and is told then.
    mayRead().then(
      (may) => {
        if (!may) end();
      },
      () => end(),
    );
  }, ADMIT_AGAIN_MS);
  const stopStop = runtime.onStop(() => end());

  let ended = false;
  function end() {
    if (ended) return;
    ended = true;
    clearInterval(gather);
    clearInterval(keepAlive);
    clearInterval(admission);
    stopChanges();
    stopStop();
    try {
      controller.close();
    } catch {
      // Already closed by the reader: there is nobody left to tell.
    }
  }
  send("hello", { atMs: Date.now(), pollIntervalMs: runtime.configuration.poll.intervalMs });
  return end;
}
