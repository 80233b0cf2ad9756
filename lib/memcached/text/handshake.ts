/** The first words on a text connection: is this memcached, which version, does it want a sign-in. */

import { CommandError, ConnectionError } from "../connection/errors";
import type { NodeCredentials } from "../contract";
import { encodeAuthfileLogin, VERSION_REQUEST } from "./encoder";
import type { TextTransport } from "./transport";

export interface TextHandshake {
  /** Null when the node does not say it. */
  readonly version: string | null;
  /** Whether the node wanted an authfile sign-in, which succeeded. */
  readonly authfile: boolean;
}

/**
 * Greets a node and signs in if it asks for it. The password is sent only after `CLIENT_ERROR
 * unauthenticated`, once per connection: a node without an authfile would store it as an item. Rejects with
 * `authfileRefused`, `authfileRequired` when no credentials are configured, `notMemcached` for anything else.
 */
export async function textHandshake(
  transport: TextTransport,
  credentials: NodeCredentials | null,
): Promise<TextHandshake> {
  try {
    return { version: await askVersion(transport), authfile: false };
  } catch (error) {
    if (!(error instanceof CommandError)) throw notMemcached(error);
    // Proxies that lack the command still speak memcached.
    if (!error.text.startsWith("unauthenticated")) return { version: null, authfile: false };
  }
  if (credentials?.kind !== "ascii") throw new ConnectionError("authfileRequired");
  await signIn(transport, credentials);
  return { version: await askVersion(transport), authfile: true };
}

async function askVersion(transport: TextTransport): Promise<string> {
  const line = await transport.line(VERSION_REQUEST);
  if (!line.startsWith("VERSION ")) throw new ConnectionError("notMemcached");
  return line.slice(8, 72);
}

async function signIn(transport: TextTransport, { username, password }: NodeCredentials): Promise<void> {
  let answer: string;
  try {
    answer = await transport.line(encodeAuthfileLogin(username, password));
  } catch (error) {
    if (error instanceof CommandError) throw new ConnectionError("authfileRefused");
    throw error;
  }
  if (answer !== "STORED")
    throw new ConnectionError("malformedReply", "another answer than STORED to the sign-in");
}

/** What breaks the protocol in its first line was never memcached. */
function notMemcached(error: unknown): unknown {
  const broken = error instanceof ConnectionError && error.reason === "malformedReply";
  return broken ? new ConnectionError("notMemcached", error.detail) : error;
}
