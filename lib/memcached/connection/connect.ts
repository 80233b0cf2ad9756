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
import {
  chooseProtocol,
  type ProtocolChoice,
  prefersText,
  protocolFromConfiguration,
} from "./protocol-choice";
import { type DetectedProtocol, detectProtocol, speaksText } from "./protocol-detection";

/** Share of a request's time after which a silent port is asked in text. */
const SILENCE_SHARE = 0.35;

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
    const detected = await detectOrAskInText(open, deadline);
    const text = prefersText(endpoint, detected) && (await speaksText(await open()));
    choice = text ? { protocol: "text", mechanisms: [] } : chooseProtocol(endpoint, detected);
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

/**
 * Some servers ignore the binary request without closing, such as Redis: one that stays silent is asked in text too, before
 * it is judged. The first reply decides, so a slow binary-only node is still detected.
 */
async function detectOrAskInText(
  open: () => Promise<Connection>,
  deadline: Deadline,
): Promise<DetectedProtocol> {
  const opened: Connection[] = [];
  const openNext = async () => {
    const connection = await open();
    opened.push(connection);
    deadline.guard(() => closeAll(opened, "replyTimeout"));
    return connection;
  };
  let silent = true;
  try {
    const detection = detectProtocol(await openNext(), () => {
      silent = false;
    });
    // It is awaited below, or its connection is closed.
    detection.catch(() => undefined);
    const early = await within(deadline.remainingMs * SILENCE_SHARE, detection);
    if (early !== null) return early;
    return await (silent ? Promise.race([detection, askInText(await openNext())]) : detection);
  } finally {
    closeAll(opened, "connectionClosed");
  }
}

async function askInText(connection: Connection): Promise<DetectedProtocol> {
  try {
    await textHandshake(new TextTransport(connection), null);
  } catch (error) {
    if (!(error instanceof ConnectionError) || error.reason !== "authfileRequired") throw error;
  }
  return { kind: "text" };
}

function closeAll(connections: readonly Connection[], reason: "replyTimeout" | "connectionClosed"): void {
  for (const connection of connections) connection.destroy(new ConnectionError(reason));
}

/** Null if `result` takes longer. */
async function within<Result>(ms: number, result: Promise<Result>): Promise<Result | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  try {
    return await Promise.race([result, late]);
  } finally {
    clearTimeout(timer);
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
