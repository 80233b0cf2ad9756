/** Connections for one short job, apart from the persistent one of the node's client. */
import type { Deadlines, NodeEndpoint } from "../contract";
import { connectNode, type ReadyConnection } from "./connect";
import type { Connection } from "./connection";
import { Deadline } from "./deadline";
import { ConnectionError, toNodeError } from "./errors";
import { openConnection } from "./open";

export interface ShortLivedConnections {
  /** Opens a connection that is closed after the job. */
  open(): Promise<Connection>;
  /** The same, signed in as configured. */
  connect(): Promise<ReadyConnection>;
}

/** Runs `job` within `deadlines.timeoutMs`. Rejects with `NodeError`; closes all connections. */
export async function withShortLivedConnections<Result>(
  endpoint: NodeEndpoint,
  deadlines: Deadlines,
  job: (connections: ShortLivedConnections) => Promise<Result>,
): Promise<Result> {
  const deadline = new Deadline(deadlines.timeoutMs);
  const opened: Connection[] = [];
  const track = (connection: Connection) => {
    opened.push(connection);
    deadline.guard(() => connection.destroy(new ConnectionError("replyTimeout")));
  };
  const open = async (): Promise<Connection> => {
    const connection = await openConnection(endpoint, deadlines.connectTimeoutMs, deadline, 0);
    track(connection);
    return connection;
  };
  const connect = async (): Promise<ReadyConnection> => {
    const ready = await connectNode(endpoint, deadlines, deadline, null, 0);
    track(ready.connection);
    return ready;
  };
  try {
    return await job({ open, connect });
  } catch (error) {
    throw toNodeError(endpoint.id, error);
  } finally {
    deadline.clear();
    for (const connection of opened) connection.destroy(new ConnectionError("connectionClosed"));
  }
}
