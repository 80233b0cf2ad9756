/**
 * How a node reacts without a sign-in, to a wrong one, and to the configured one. Each function uses new connections, so
 * that a rejected sign-in never happens on the persistent one.
 */
import { randomBytes } from "node:crypto";
import { BinaryTransport } from "../binary/transport";
import type { Connection } from "../connection/connection";
import { CommandError, ConnectionError, printable } from "../connection/errors";
import { detectProtocol } from "../connection/protocol-detection";
import { withShortLivedConnections } from "../connection/short-lived";
import type { Deadlines, NodeCredentials, NodeDialect, NodeEndpoint } from "../contract";
import { textHandshake } from "../text/handshake";
import { TextTransport } from "../text/transport";

/** The sign-in that a node requires. */
export type SignIn = "none" | "sasl" | "authfile";

export interface UnauthenticatedReply {
  readonly signIn: SignIn;
  /** SASL mechanisms offered. */
  readonly mechanisms: readonly string[];
  /** The request sent without credentials, and whether the node refused it for lack of a sign-in. */
  readonly command: "version" | "noop";
  readonly refused: boolean;
  /** The reply, printable: a line of text, or the status of a binary frame. */
  readonly answer: string;
}

/**
 * Detects the protocol without credentials (see `detectProtocol`), then sends a request that requires a sign-in. A
 * refusal is a result; rejects with `NodeError` only if the node cannot be reached or understood.
 */
export function askUnauthenticated(
  endpoint: NodeEndpoint,
  deadlines: Deadlines,
): Promise<UnauthenticatedReply> {
  return withShortLivedConnections(endpoint, deadlines, async ({ open }) => {
    const detected = await detectProtocol(await open());
    if (detected.kind === "binary") {
      const reply = await replyTo(binaryNoop(await open()), "saslRequired", "status 0x20");
      return {
        signIn: reply.refused || detected.mechanisms !== null ? "sasl" : "none",
        mechanisms: detected.mechanisms ?? [],
        command: "noop",
        ...reply,
      };
    }
    const version = textVersion(await open());
    const reply = await replyTo(version, "authfileRequired", "CLIENT_ERROR unauthenticated");
    return { signIn: reply.refused ? "authfile" : "none", mechanisms: [], command: "version", ...reply };
  });
}

/** The outcome of a sign-in; `not-asked` if no user name and password were sent. */
export type SignInOutcome = "accepted" | "refused" | "not-asked";

/**
 * Signs in once with a random user name and password. The name is never the configured one, so no account can be locked.
 * An authfile node gets them only after `CLIENT_ERROR unauthenticated`, a SASL node only if it offers PLAIN: nothing is
 * ever stored as an item. Rejects with `NodeError`.
 */
export function tryWrongCredentials(
  endpoint: NodeEndpoint,
  deadlines: Deadlines,
  kind: Exclude<SignIn, "none">,
): Promise<SignInOutcome> {
  const credentials = randomCredentials(kind === "sasl" ? "sasl" : "ascii");
  return withShortLivedConnections(endpoint, deadlines, async ({ open }) => {
    const connection = await open();
    if (kind === "sasl") {
      const transport = new BinaryTransport(connection);
      return outcomeOf(transport.signIn(credentials), { refused: "saslRefused", missing: "saslMissing" });
    }
    const handshake = textHandshake(new TextTransport(connection), credentials);
    const outcome = await outcomeOf(handshake, { refused: "authfileRefused" });
    return outcome === "accepted" && !(await handshake).authfile ? "not-asked" : outcome;
  });
}

export interface ConfiguredCredentialsReport {
  readonly outcome: SignInOutcome;
  /** Null if the sign-in was refused. */
  readonly dialect: NodeDialect | null;
}

/** Signs in as configured, on a new connection, and sends a request. Rejects with `NodeError`. */
export function tryConfiguredCredentials(
  endpoint: NodeEndpoint,
  deadlines: Deadlines,
): Promise<ConfiguredCredentialsReport> {
  return withShortLivedConnections(endpoint, deadlines, async ({ connect }) => {
    try {
      const { transport, dialect } = await connect();
      await transport.ping();
      const signedIn = endpoint.credentials?.kind === "sasl" || dialect.authfile;
      return { outcome: signedIn ? "accepted" : "not-asked", dialect };
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      if (error.reason === "saslMissing") return { outcome: "not-asked", dialect: null };
      if (!REFUSED.has(error.reason)) throw error;
      return { outcome: "refused", dialect: null };
    }
  });
}

const REFUSED: ReadonlySet<string> = new Set(["saslRefused", "authfileRefused"]);

function randomCredentials(kind: NodeCredentials["kind"]): NodeCredentials {
  return {
    kind,
    username: `memfleet-check-${randomBytes(8).toString("hex")}`,
    password: randomBytes(16).toString("hex"),
  };
}

async function binaryNoop(connection: Connection): Promise<string> {
  await new BinaryTransport(connection).ping();
  return "status 0x00";
}

async function textVersion(connection: Connection): Promise<string> {
  const { version } = await textHandshake(new TextTransport(connection), null);
  return version === null ? "ERROR" : printable(`VERSION ${version}`);
}

/** The reply to a request. A node that rejects the command itself did not require a sign-in. */
async function replyTo(
  request: Promise<string>,
  reason: string,
  refusal: string,
): Promise<{ refused: boolean; answer: string }> {
  try {
    return { refused: false, answer: await request };
  } catch (error) {
    if (error instanceof ConnectionError && error.reason === reason)
      return { refused: true, answer: refusal };
    if (error instanceof CommandError) return { refused: false, answer: error.message };
    throw error;
  }
}

async function outcomeOf(
  signIn: Promise<unknown>,
  reasons: { readonly refused: string; readonly missing?: string },
): Promise<SignInOutcome> {
  try {
    await signIn;
    return "accepted";
  } catch (error) {
    if (error instanceof ConnectionError && error.reason === reasons.refused) return "refused";
    if (error instanceof ConnectionError && error.reason === reasons.missing) return "not-asked";
    throw error;
  }
}
