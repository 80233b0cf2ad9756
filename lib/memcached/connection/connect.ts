/** From an endpoint to a signed-in transport, with what was learnt about the node on the way. */
import { BinaryTransport } from "../binary/transport";
import type { Deadlines, NodeDialect, NodeEndpoint } from "../contract";
import { textHandshake } from "../text/handshake";
import { TextTransport } from "../text/transport";
import type { Transport } from "../transport";
import type { Connection } from "./connection";
import type { Deadline } from "./deadline";
import { ConnectionError } from "./errors";
import { openConnection } from "./open";
import { chooseProtocol, type ProtocolChoice, protocolFromConfiguration } from "./protocol-choice";
import { detectProtocol } from "./protocol-detection";

export interface ReadyConnection {
  readonly transport: Transport;
  /** What the transport speaks over: whoever takes it over has the connection to himself. */
  readonly connection: Connection;
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
): Promise<ReadyConnection> {
  const open = async (): Promise<Connection> => {
    const wire = await openConnection(endpoint, connectTimeoutMs, deadline);
    deadline.guard(() => wire.destroy(new ConnectionError("replyTimeout")));
    return wire;
  };
  let choice: ProtocolChoice | null = trusted ?? protocolFromConfiguration(endpoint);
  let version: string | null = null;
  if (choice === null) {
    const found = await detectProtocol(await open());
    choice = chooseProtocol(endpoint, found);
    if (found.kind === "binary") version = found.version;
  }
  const wire = await open();
  try {
    return await signIn(wire, choice, version, endpoint);
  } catch (error) {
    wire.destroy(new ConnectionError("connectionClosed"));
    throw error;
  }
}

async function signIn(
  wire: Connection,
  { protocol, mechanisms }: ProtocolChoice,
  version: string | null,
  { credentials }: NodeEndpoint,
): Promise<ReadyConnection> {
  if (protocol === "text") {
    const transport = new TextTransport(wire);
    const greeting = await textHandshake(transport, credentials);
    return {
      transport,
      connection: wire,
      dialect: { protocol, mechanisms, authfile: greeting.authfile },
      version: greeting.version ?? version,
    };
  }
  const transport = new BinaryTransport(wire);
  if (credentials?.kind === "sasl") await transport.signIn(credentials);
  return { transport, connection: wire, dialect: { protocol, mechanisms, authfile: false }, version };
}
