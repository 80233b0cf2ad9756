/**
 * The stream behind `/api/v1/nodes/{node}/ping`. Events: `ping` for each round trip, `done` once with the summary.
 * Limited, because each ping occupies a connection of the node.
 */
import "server-only";
import { pingNode } from "@/lib/memcached/inspect/ping";
import { TooManyError } from "@/lib/model/errors";
import type { PingQuery } from "@/lib/model/http/queries";
import { logDefect } from "@/lib/server/lifecycle";
import type { Runtime } from "@/lib/server/runtime";
import { type SseWriter, sseResponse } from "../sse";

/** Concurrent pings of one node, and by one caller. */
const LIMIT = { node: 3, caller: 3 } as const;
const RETRY_AFTER_SECONDS = 5;

const nodes = new Map<string, number>();
const callers = new Map<string, number>();

/**
 * @throws NotFoundError for a node that is not configured
 * @throws TooManyError
 */
export function pingStream(
  runtime: Runtime,
  request: Request,
  node: string,
  caller: string,
  query: PingQuery,
): Response {
  const { client } = runtime.directory.record(node);
  checkLimit(
    nodes,
    node,
    LIMIT.node,
    `${node} is already being pinged ${LIMIT.node} times; try again shortly`,
  );
  checkLimit(callers, caller, LIMIT.caller, `you already have ${LIMIT.caller} pings running`);
  return sseResponse(runtime, request, "operator", (reader) => {
    const ended = new AbortController();
    count(nodes, node, 1);
    count(callers, caller, 1);
    const release = () => {
      count(nodes, node, -1);
      count(callers, caller, -1);
    };
    sendPings(reader, () =>
      pingNode(client, query, ended.signal, (ping) => reader.send("ping", ping)),
    ).finally(release);
    return () => ended.abort();
  });
}

async function sendPings(reader: SseWriter, ping: () => ReturnType<typeof pingNode>): Promise<void> {
  try {
    reader.send("done", await ping());
  } catch (error) {
    logDefect(error);
  } finally {
    reader.end();
  }
}

function checkLimit(running: ReadonlyMap<string, number>, name: string, limit: number, reason: string): void {
  if ((running.get(name) ?? 0) >= limit) throw new TooManyError(reason, RETRY_AFTER_SECONDS);
}

function count(running: Map<string, number>, name: string, change: 1 | -1): void {
  const total = (running.get(name) ?? 0) + change;
  if (total === 0) running.delete(name);
  else running.set(name, total);
}
