/** A connection of its own whose node, asked on it just now, can do what it is opened for. */

import { emptyValues } from "@/lib/catalogue/stats";
import { CapabilityError } from "@/lib/model/errors";
import { type Capability, LACKING } from "@/lib/model/node/capability";
import { lackingReason } from "../capabilities";
import type { Deadlines, NodeEndpoint } from "../contract";
import { Knowledge } from "../learned-node";
import { type Connection, connectNode } from "./connect";
import type { Deadline } from "./deadline";
import { Fault } from "./errors";

export interface CapableConnection extends Connection {
  readonly known: Knowledge;
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
    const known = new Knowledge();
    known.met(dialect, version);
    const values = emptyValues();
    known.polled(values, (await transport.poll(values)).version);
    known.told(await transport.stats("settings"));
    const reason = lackingReason(capability, known);
    if (reason === null) return { ...connection, known, values };
    throw new CapabilityError(`${endpoint.id} cannot do ${capability}: ${LACKING[reason]}`);
  } catch (error) {
    transport.destroy(new Fault("connectionClosed"));
    throw error;
  }
}
