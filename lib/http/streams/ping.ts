/**
 * The stream behind `/api/v1/nodes/{node}/ping`. Events: `ping` for each round trip, `done` once with the summary.
 * A few at a time only: each keeps a connection of the node.
 */
import "server-only";
import { pingNode } from "@/lib/memcached/inspect/ping";
import { TooManyError } from "@/lib/model/errors";
import type { PingQuery } from "@/lib/model/http/queries";
import { logDefect } from "@/lib/server/lifecycle";
import type { Runtime } from "@/lib/server/runtime";
import { type SseWriter, sseResponse } from "../sse";

/** Pings at the same time of one node, and of one caller. */
const AT_ONCE = { node: 3, caller: 3 } as const;

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
  const { client } = runtime.record(node);
  checkFree(nodes, node, AT_ONCE.node, `${node} is being pinged ${AT_ONCE.node} times already`);
  checkFree(callers, caller, AT_ONCE.caller, `you have ${AT_ONCE.caller} pings running already`);
  return sseResponse(runtime, request, "operator", (reader) => {
    const left = new AbortController();
    take(nodes, node, 1);
    take(callers, caller, 1);
    const over = () => {
      take(nodes, node, -1);
      take(callers, caller, -1);
    };
    tellPings(reader, () =>
      pingNode(client, query, left.signal, (ping) => reader.send("ping", ping)),
    ).finally(over);
    return () => left.abort();
  });
}

async function tellPings(reader: SseWriter, ping: () => ReturnType<typeof pingNode>): Promise<void> {
  try {
    reader.send("done", await ping());
  } catch (error) {
    logDefect(error);
  } finally {
    reader.end();
  }
}

function checkFree(running: ReadonlyMap<string, number>, name: string, most: number, why: string): void {
  if ((running.get(name) ?? 0) >= most) throw new TooManyError(why, 5);
}

function take(running: Map<string, number>, name: string, change: 1 | -1): void {
  const count = (running.get(name) ?? 0) + change;
  if (count === 0) running.delete(name);
  else running.set(name, count);
}
