/**
 * What a node says to those who do not sign in, sign in wrongly, and sign in as configured. Each function takes
 * connections of its own, so that the kept one never carries a refused sign-in.
 */
import { randomBytes } from "node:crypto";
import { BinaryTransport } from "../binary/transport";
import { connectNode } from "../connection/connect";
import type { Connection } from "../connection/connection";
import { CommandError, ConnectionError, printable } from "../connection/errors";
import { detectProtocol } from "../connection/protocol-detection";
import { withShortLivedConnections } from "../connection/short-lived";
import type { Deadlines, NodeCredentials, NodeDialect, NodeEndpoint } from "../contract";
import { textHandshake } from "../text/handshake";
import { TextTransport } from "../text/transport";

/** What a node wants of its clients before it answers. */
export type SignIn = "none" | "sasl" | "authfile";

export interface UnauthenticatedReply {
  readonly signIn: SignIn;
  /** SASL mechanisms offered. */
  readonly mechanisms: readonly string[];
  /** The request that was made without credentials, and whether it was answered. */
  readonly command: "version" | "noop";
  readonly refused: boolean;
  /** What the node answered to it, printable: a line of text, or the status of a binary frame. */
  readonly answer: string;
}

/**
 * Asks without credentials: what the node is (see `fingerprint`), then a request that only a signed-in client may
 * make. A refusal is an answer: only a node that could not be asked rejects, with `NodeError`.
 */
export function askUnauthenticated(
  endpoint: NodeEndpoint,
  deadlines: Deadlines,
): Promise<UnauthenticatedReply> {
  return withShortLivedConnections(endpoint, deadlines, async ({ open }) => {
    const found = await detectProtocol(await open());
    if (found.kind === "binary") {
      const answer = await answered(binaryNoop(await open()), "saslRequired", "status 0x20");
      return {
        signIn: answer.refused || found.mechanisms !== null ? "sasl" : "none",
        mechanisms: found.mechanisms ?? [],
        command: "noop",
        ...answer,
      };
    }
    const version = textVersion(await open());
    const answer = await answered(version, "authfileRequired", "CLIENT_ERROR unauthenticated");
    return { signIn: answer.refused ? "authfile" : "none", mechanisms: [], command: "version", ...answer };
  });
}

/** How a sign-in ended; `not-asked` when no user name and password were sent. */
export type SignInOutcome = "accepted" | "refused" | "not-asked";

/**
 * Signs in once with a user name and a password made up on the spot. The name is never the configured one, so no
 * account can be locked. An authfile node gets them only after it said `CLIENT_ERROR unauthenticated`, a SASL node
 * only when it offers PLAIN: nothing is ever stored as an item. Rejects with `NodeError`.
 */
export function tryWrongCredentials(
  endpoint: NodeEndpoint,
  deadlines: Deadlines,
  kind: Exclude<SignIn, "none">,
): Promise<SignInOutcome> {
  const credentials = randomCredentials(kind === "sasl" ? "sasl" : "ascii");
  return withShortLivedConnections(endpoint, deadlines, async ({ open }) => {
    const wire = await open();
    if (kind === "sasl") {
      const transport = new BinaryTransport(wire);
      return outcomeOf(transport.signIn(credentials), { refused: "saslRefused", missing: "saslMissing" });
    }
    const greeting = textHandshake(new TextTransport(wire), credentials);
    const outcome = await outcomeOf(greeting, { refused: "authfileRefused" });
    return outcome === "accepted" && !(await greeting).authfile ? "not-asked" : outcome;
  });
}

export interface ConfiguredCredentialsReport {
  readonly outcome: SignInOutcome;
  /** Null when the sign-in was refused. */
  readonly dialect: NodeDialect | null;
}

/** Signs in with what is configured, on a new connection, and makes a request. Rejects with `NodeError`. */
export function tryConfiguredCredentials(
  endpoint: NodeEndpoint,
  deadlines: Deadlines,
): Promise<ConfiguredCredentialsReport> {
  return withShortLivedConnections(endpoint, deadlines, async ({ deadline }) => {
    try {
      const { transport, dialect } = await connectNode(endpoint, deadlines, deadline, null);
      deadline.guard(() => transport.destroy(new ConnectionError("replyTimeout")));
      try {
        await transport.ping();
      } finally {
        transport.destroy(new ConnectionError("connectionClosed"));
      }
      const asked = endpoint.credentials?.kind === "sasl" || dialect.authfile;
      return { outcome: asked ? "accepted" : "not-asked", dialect };
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

async function binaryNoop(wire: Connection): Promise<string> {
  await new BinaryTransport(wire).ping();
  return "status 0x00";
}

async function textVersion(wire: Connection): Promise<string> {
  const { version } = await textHandshake(new TextTransport(wire), null);
  return version === null ? "ERROR" : printable(`VERSION ${version}`);
}

/** What a request brought. A node that refuses the command itself let the caller in. */
async function answered(
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
