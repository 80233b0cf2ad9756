/**
 * Errors of a connection, before they are tied to a node. `NodeClient` converts them to `NodeError` and
 * `CapabilityError`; callers outside this room never get them.
 */

import { NodeError } from "@/lib/model/errors";
import type { ReasonCode } from "@/lib/model/node/reasons";

/** The connection is unusable, or its reply cannot be trusted. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
  constructor(
    readonly reason: ReasonCode,
    /** Details for an operator; never a password, never the node's raw bytes. */
    readonly detail?: string,
    options?: ErrorOptions,
  ) {
    super(detail ? `${reason} (${detail})` : reason, options);
  }
}

const REPLY_WORD = {
  unknownCommand: "ERROR",
  clientError: "CLIENT_ERROR",
  serverError: "SERVER_ERROR",
} as const;

/**
 * The node rejected the command: `ERROR`, `CLIENT_ERROR …` or `SERVER_ERROR …`, or a binary status other than 0. The
 * reply is complete, so the connection can take the next request. The message is the reply in the node's own words.
 */
export class CommandError extends Error {
  override readonly name = "CommandError";
  constructor(
    readonly kind: keyof typeof REPLY_WORD,
    /** The server's explanation, bounded and printable. */
    readonly text: string,
    reply = `${REPLY_WORD[kind]} ${text}`.trimEnd(),
  ) {
    super(reply);
  }
}

/**
 * Whether the connection must be closed. Only a complete, well-formed error reply leaves it in a known state; after
 * anything else, bytes of the failed reply may still arrive.
 */
export function breaksConnection(error: unknown): boolean {
  return !(error instanceof CommandError);
}

/** The error for callers outside this room. Anything but a `ConnectionError` or `CommandError` is returned as is. */
export function toNodeError(node: string, error: unknown): unknown {
  if (error instanceof ConnectionError)
    return new NodeError(node, error.reason, error.detail, { cause: error });
  if (error instanceof CommandError)
    return new NodeError(node, "unsupported", error.message, { cause: error });
  return error;
}

/** The connection error to close with: the error itself, or `malformedReply` caused by it. */
export function toReplyError(error: unknown): ConnectionError {
  return error instanceof ConnectionError
    ? error
    : new ConnectionError("malformedReply", undefined, { cause: error });
}

/** A server's words made safe to show: printable ASCII, 120 characters at most. */
export function printable(text: string): string {
  return text.slice(0, 120).replace(/[^\x20-\x7e]/g, "?");
}
