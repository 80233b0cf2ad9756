/** From an endpoint to a signed-in transport. */
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
  /** The transport's connection. Another user of it replaces the transport. */
  readonly connection: Connection;
  readonly dialect: NodeDialect;
  /** Null if connecting did not involve a version request. */
  readonly version: string | null;
}

/**
 * Connects, detects the protocol unless `trusted` gives it, and signs in. Rejects with `ConnectionError` within the
 * deadline and leaves nothing open then. `maxAgeMs`: see `openConnection`.
 */
export async function connectNode(
  endpoint: NodeEndpoint,
  { connectTimeoutMs }: Deadlines,
  deadline: Deadline,
  trusted: NodeDialect | null,
  maxAgeMs?: number,
): Promise<ReadyConnection> {
  const open = async (): Promise<Connection> => {
    const connection = await openConnection(endpoint, connectTimeoutMs, deadline, maxAgeMs);
    deadline.guard(() => connection.destroy(new ConnectionError("replyTimeout")));
    return connection;
  };
  let choice: ProtocolChoice | null = trusted ?? protocolFromConfiguration(endpoint);
  let version: string | null = null;
  if (choice === null) {
    const detected = await detectProtocol(await open());
    choice = chooseProtocol(endpoint, detected);
    if (detected.kind === "binary") version = detected.version;
  }
  const connection = await open();
  try {
    return await signIn(connection, choice, version, endpoint);
  } catch (error) {
    connection.destroy(new ConnectionError("connectionClosed"));
    throw error;
  }
}

async function signIn(
  connection: Connection,
  { protocol, mechanisms }: ProtocolChoice,
  version: string | null,
  { credentials }: NodeEndpoint,
): Promise<ReadyConnection> {
  if (protocol === "text") {
    const transport = new TextTransport(connection);
    const handshake = await textHandshake(transport, credentials);
    return {
      transport,
      connection,
      dialect: { protocol, mechanisms, authfile: handshake.authfile },
      version: handshake.version ?? version,
    };
  }
  const transport = new BinaryTransport(connection);
  if (credentials?.kind === "sasl") await transport.signIn(credentials);
  return { transport, connection, dialect: { protocol, mechanisms, authfile: false }, version };
}
