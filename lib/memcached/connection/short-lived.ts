/** A short visit to a node on connections of its own, beside the kept one. */
import type { Deadlines, NodeEndpoint } from "../contract";
import type { Connection } from "./connection";
import { Deadline } from "./deadline";
import { ConnectionError, toNodeError } from "./errors";
import { openConnection } from "./open";

export interface ShortLivedConnections {
  readonly deadline: Deadline;
  /** Opens a connection that ends with the visit. */
  open(): Promise<Connection>;
}

/** Runs `job` within `deadlines.timeoutMs`. Rejects with `NodeError`; nothing is left open. */
export async function withShortLivedConnections<T>(
  endpoint: NodeEndpoint,
  deadlines: Deadlines,
  job: (visit: ShortLivedConnections) => Promise<T>,
): Promise<T> {
  const deadline = new Deadline(deadlines.timeoutMs);
  const wires: Connection[] = [];
  const open = async (): Promise<Connection> => {
    const wire = await openConnection(endpoint, deadlines.connectTimeoutMs, deadline);
    wires.push(wire);
    deadline.guard(() => wire.destroy(new ConnectionError("replyTimeout")));
    return wire;
  };
  try {
    return await job({ deadline, open });
  } catch (error) {
    throw toNodeError(endpoint.id, error);
  } finally {
    deadline.clear();
    for (const wire of wires) wire.destroy(new ConnectionError("connectionClosed"));
  }
}
