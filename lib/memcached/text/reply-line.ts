/** One line of a text reply, classified. Source: memcached `doc/protocol.txt`, "Error strings", "Statistics". */
import { CommandError, ConnectionError, printable } from "../connection/errors";
import { CRLF } from "./line-end";

const OPENINGS = ["STAT ", `END${CRLF}`, "ERROR", "CLIENT_ERROR ", "SERVER_ERROR "] as const;

/**
 * Sent to a connection over `maxconns` before closing it, whatever protocol the node speaks (`memcached.c`, accepting a
 * connection).
 */
export const CONNECTIONS_FULL = "ERROR Too many open connections";

/** The error in an error line; null for any other line. Throws a `ConnectionError` if the node is at `maxconns`. */
export function refusalOf(line: string): CommandError | null {
  if (line === CONNECTIONS_FULL) throw new ConnectionError("connectionsFull");
  if (line === "ERROR") return new CommandError("unknownCommand", "");
  if (line.startsWith("ERROR ")) return new CommandError("unknownCommand", printable(line.slice(6)));
  if (line.startsWith("CLIENT_ERROR")) return new CommandError("clientError", printable(line.slice(13)));
  if (line.startsWith("SERVER_ERROR")) return new CommandError("serverError", printable(line.slice(13)));
  return null;
}

/** Whether an incomplete line can be the start of a line of a stats reply. Detects garbage before its line ends. */
export function mayOpenStatsLine(start: string): boolean {
  return OPENINGS.some((opening) => start.startsWith(opening) || opening.startsWith(start));
}

export function malformed(detail: string): ConnectionError {
  return new ConnectionError("malformedReply", detail);
}

export function tooLarge(detail: string): ConnectionError {
  return new ConnectionError("replyTooLarge", detail);
}
