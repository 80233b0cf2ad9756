/** From an endpoint to a signed-in transport, with what was learnt about the node on the way. */
import { BinaryTransport } from "../binary/transport";
import type { Deadlines, NodeDialect, NodeEndpoint } from "../contract";
import { greet } from "../text/handshake";
import { TextTransport } from "../text/transport";
import type { Transport } from "../transport";
import type { Wire } from "./connection";
import type { Deadline } from "./deadline";
import { Fault } from "./errors";
import { openWire } from "./open";
import { type Choice, choose, decidedBy } from "./protocol-choice";
import { fingerprint } from "./protocol-detection";

export interface Connection {
  readonly transport: Transport;
  /** What the transport speaks over: whoever takes it over has the connection to himself. */
  readonly wire: Wire;
  readonly dialect: NodeDialect;
  /** Null when the node was not asked on this way in. */
  readonly version: string | null;
}

/**
 * Connects, finds out what the node speaks unless `trusted` says it, and signs in. Rejects with a `Fault`
 * within the deadline; nothing is left open then.
 */
export async function connectNode(
  endpoint: NodeEndpoint,
  { connectTimeoutMs }: Deadlines,
  deadline: Deadline,
  trusted: NodeDialect | null,
): Promise<Connection> {
  const open = async (): Promise<Wire> => {
    const wire = await openWire(endpoint, connectTimeoutMs, deadline);
    deadline.guard(() => wire.destroy(new Fault("replyTimeout")));
    return wire;
  };
  let choice: Choice | null = trusted ?? decidedBy(endpoint);
  let version: string | null = null;
  if (choice === null) {
    const found = await fingerprint(await open());
    choice = choose(endpoint, found);
    if (found.kind === "binary") version = found.version;
  }
  const wire = await open();
  try {
    return await signIn(wire, choice, version, endpoint);
  } catch (error) {
    wire.destroy(new Fault("connectionClosed"));
    throw error;
  }
}

async function signIn(
  wire: Wire,
  { protocol, mechanisms }: Choice,
  version: string | null,
  { credentials }: NodeEndpoint,
): Promise<Connection> {
  if (protocol === "text") {
    const transport = new TextTransport(wire);
    const greeting = await greet(transport, credentials);
    return {
      transport,
      wire,
      dialect: { protocol, mechanisms, authfile: greeting.authfile },
      version: greeting.version ?? version,
    };
  }
  const transport = new BinaryTransport(wire);
  if (credentials?.kind === "sasl") await transport.signIn(credentials);
  return { transport, wire, dialect: { protocol, mechanisms, authfile: false }, version };
}
