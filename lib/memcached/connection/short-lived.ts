/** A short visit to a node on connections of its own, beside the kept one. */
import type { Deadlines, NodeEndpoint } from "../contract";
import type { Wire } from "./connection";
import { Deadline } from "./deadline";
import { Fault, toNodeError } from "./errors";
import { openWire } from "./open";

export interface Visit {
  readonly deadline: Deadline;
  /** Opens a connection that ends with the visit. */
  open(): Promise<Wire>;
}

/** Runs `job` within `deadlines.timeoutMs`. Rejects with `NodeError`; nothing is left open. */
export async function visit<T>(
  endpoint: NodeEndpoint,
  deadlines: Deadlines,
  job: (visit: Visit) => Promise<T>,
): Promise<T> {
  const deadline = new Deadline(deadlines.timeoutMs);
  const wires: Wire[] = [];
  const open = async (): Promise<Wire> => {
    const wire = await openWire(endpoint, deadlines.connectTimeoutMs, deadline);
    wires.push(wire);
    deadline.guard(() => wire.destroy(new Fault("replyTimeout")));
    return wire;
  };
  try {
    return await job({ deadline, open });
  } catch (error) {
    throw toNodeError(endpoint.id, error);
  } finally {
    deadline.clear();
    for (const wire of wires) wire.destroy(new Fault("connectionClosed"));
  }
}
