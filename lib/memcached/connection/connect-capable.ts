/** A connection of its own whose node, asked on it just now, can do what it is opened for. */

import { emptyValues } from "@/lib/catalogue/stats";
import { CapabilityError } from "@/lib/model/errors";
import { type Capability, LACKING } from "@/lib/model/node/capability";
import { lackingReason } from "../capabilities";
import type { Deadlines, NodeEndpoint } from "../contract";
import { LearnedNode } from "../learned-node";
import { connectNode, type ReadyConnection } from "./connect";
import type { Deadline } from "./deadline";
import { ConnectionError } from "./errors";

export interface CapableConnection extends ReadyConnection {
  readonly learned: LearnedNode;
  /** General stats, taken on the way in. */
  readonly values: Float64Array;
}

/**
 * Connects and asks for stats and settings: what was known from an earlier process could harm this one. Rejects
 * with `Fault`, `Refusal` or, when the node lacks the capability, `CapabilityError`; nothing is left open then.
 */
export async function connectCapable(
  endpoint: NodeEndpoint,
  deadlines: Deadlines,
  deadline: Deadline,
  capability: Capability,
): Promise<CapableConnection> {
  const connection = await connectNode(endpoint, deadlines, deadline, null);
  const { transport, dialect, version } = connection;
  try {
    const known = new LearnedNode();
    known.onConnect(dialect, version);
    const values = emptyValues();
    known.onPoll(values, (await transport.poll(values)).version);
    known.onSettings(await transport.stats("settings"));
    const reason = lackingReason(capability, known);
    if (reason === null) return { ...connection, learned: known, values };
    throw new CapabilityError(`${endpoint.id} cannot do ${capability}: ${LACKING[reason]}`);
  } catch (error) {
    transport.destroy(new ConnectionError("connectionClosed"));
    throw error;
  }
}
