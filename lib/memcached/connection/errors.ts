/**
 * What goes wrong on a connection, before it is known to a node by name. `NodeClient` turns these into
 * `NodeError` and `CapabilityError`; nothing outside this room sees them.
 */

import type { ReasonCode } from "@/lib/catalogue/reasons";
import { NodeError } from "@/lib/model/errors";

/** The connection cannot be used, or its answer cannot be believed. */
export class ConnectionError extends Error {
  override readonly name = "Fault";
  constructor(
    readonly reason: ReasonCode,
    /** What was seen, for an operator; never a password, never the node's raw bytes. */
    readonly detail?: string,
    options?: ErrorOptions,
  ) {
    super(detail ? `${reason} (${detail})` : reason, options);
  }
}

/**
 * The node understood the framing and refused the command: `ERROR`, `CLIENT_ERROR …` or `SERVER_ERROR …`, or
 * a binary status other than 0. The reply is complete, so the next request may follow on the connection.
 */
export class CommandError extends Error {
  override readonly name = "Refusal";
  constructor(
    readonly kind: "unknownCommand" | "clientError" | "serverError",
    /** The server's explanation, bounded and printable. */
    readonly text: string,
  ) {
    super(text === "" ? kind : `${kind}: ${text}`);
  }
}

/**
 * Whether the connection may not be used again. Only a complete, well-formed refusal leaves it in a known
 * state; after anything else, bytes of the failed reply may still be on their way.
 */
export function breaksConnection(error: unknown): boolean {
  return !(error instanceof CommandError);
}

/** The error that callers outside this room get. Defects (neither fault nor refusal) pass unchanged. */
export function toNodeError(node: string, error: unknown): unknown {
  if (error instanceof ConnectionError)
    return new NodeError(node, error.reason, error.detail, { cause: error });
  if (error instanceof CommandError)
    return new NodeError(node, "unsupported", error.message, { cause: error });
  return error;
}

/** A server's words made safe to show: printable ASCII, 120 characters at most. */
export function printable(text: string): string {
  return text.slice(0, 120).replace(/[^\x20-\x7e]/g, "?");
}
