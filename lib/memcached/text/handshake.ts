/** The first exchange on a text connection: whether it is memcached, its version, and whether it requires a sign-in. */

import { CommandError, ConnectionError } from "../connection/errors";
import type { NodeCredentials } from "../contract";
import { encodeAuthfileLogin, VERSION_REQUEST } from "./encoder";
import type { TextTransport } from "./transport";

export interface TextHandshake {
  /** Null if the node does not report it. */
  readonly version: string | null;
  /** Whether the node required an authfile sign-in, which succeeded. */
  readonly authfile: boolean;
}

/**
 * Requests the version and signs in if the node requires it. The password is sent only after `CLIENT_ERROR
 * unauthenticated`, once per connection: a node without an authfile would store it as an item. Rejects with
 * `authfileRefused`, `authfileRequired` (no credentials configured), or `notMemcached` for anything else.
 */
export async function textHandshake(
  transport: TextTransport,
  credentials: NodeCredentials | null,
): Promise<TextHandshake> {
  try {
    return { version: await requestVersion(transport), authfile: false };
  } catch (error) {
    if (!(error instanceof CommandError)) throw notMemcached(error);
    // Some proxies do not have the command.
    if (!error.text.startsWith("unauthenticated")) return { version: null, authfile: false };
  }
  if (credentials?.kind !== "ascii") throw new ConnectionError("authfileRequired");
  await signIn(transport, credentials);
  return { version: await requestVersion(transport), authfile: true };
}

async function requestVersion(transport: TextTransport): Promise<string> {
  const line = await transport.line(VERSION_REQUEST);
  if (!line.startsWith("VERSION ")) throw new ConnectionError("notMemcached");
  return line.slice(8, 72);
}

async function signIn(transport: TextTransport, { username, password }: NodeCredentials): Promise<void> {
  let reply: string;
  try {
    reply = await transport.line(encodeAuthfileLogin(username, password));
  } catch (error) {
    if (error instanceof CommandError) throw new ConnectionError("authfileRefused");
    throw error;
  }
  if (reply !== "STORED") throw new ConnectionError("malformedReply", "unexpected reply to the sign-in");
}

/** A node whose first line violates the protocol is not memcached. */
function notMemcached(error: unknown): unknown {
  const broken = error instanceof ConnectionError && error.reason === "malformedReply";
  return broken ? new ConnectionError("notMemcached", error.detail) : error;
}
