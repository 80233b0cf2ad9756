/** A new connection to a node that was checked, over it, for a capability. */

import { emptyValues } from "@/lib/catalogue/stats";
import { CapabilityError } from "@/lib/model/errors";
import { type Capability, LACKING } from "@/lib/model/node/capability";
import { lackingReason } from "../capabilities";
import type { Deadlines, NodeEndpoint } from "../contract";
import { LearnedNode } from "../learned-node";
import { pollAndLearn } from "../poll-and-learn";
import { readSettings } from "../stats/settings";
import { connectNode, type ReadyConnection } from "./connect";
import type { Deadline } from "./deadline";
import { ConnectionError } from "./errors";

export interface CapableConnection extends ReadyConnection {
  readonly learned: LearnedNode;
  /** General stats, read for the check. */
  readonly values: Float64Array;
}

/**
 * Connects and reads stats and settings: what was learned from an earlier process could harm this one. Rejects with
 * `ConnectionError`, `CommandError` or, if the node lacks the capability, `CapabilityError`, and leaves nothing open
 * then.
 */
export async function connectCapable(
  endpoint: NodeEndpoint,
  deadlines: Deadlines,
  deadline: Deadline,
  capability: Capability,
): Promise<CapableConnection> {
  const connection = await connectNode(endpoint, deadlines, deadline, null, 0);
  const { transport, dialect, version } = connection;
  try {
    const learned = new LearnedNode();
    learned.onConnect(dialect, version);
    const values = emptyValues();
    await pollAndLearn(transport, learned, values);
    if (learned.statsRefusal === null) learned.onSettings(await readSettings(transport, learned.version));
    else learned.onSettings("refused");
    const reason = lackingReason(capability, learned);
    if (reason === null) return { ...connection, learned, values };
    throw new CapabilityError(`${endpoint.id} does not support ${capability}: ${LACKING[reason]}`);
  } catch (error) {
    transport.destroy(new ConnectionError("connectionClosed"));
    throw error;
  }
}
