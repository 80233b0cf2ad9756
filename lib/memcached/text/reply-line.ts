/** One line of a text reply, classified. Source: memcached `doc/protocol.txt`, "Error strings", "Statistics". */
import { CommandError, ConnectionError, printable } from "../connection/errors";

const OPENINGS = ["STAT ", "END\r\n", "ERROR", "CLIENT_ERROR ", "SERVER_ERROR "] as const;

/**
 * What a node says to a connection beyond its `maxconns` before it closes it, whatever protocol it speaks otherwise
 * (`memcached.c`, accepting a connection). It says nothing about the node but that.
 */
export const CONNECTIONS_FULL = "ERROR Too many open connections";

/** The refusal that a line says, or null when the line is none. Throws a `Fault` when the node is full. */
export function refusalOf(line: string): CommandError | null {
  if (line === CONNECTIONS_FULL) throw new ConnectionError("connectionsFull");
  if (line === "ERROR") return new CommandError("unknownCommand", "");
  if (line.startsWith("ERROR ")) return new CommandError("unknownCommand", printable(line.slice(6)));
  if (line.startsWith("CLIENT_ERROR")) return new CommandError("clientError", printable(line.slice(13)));
  if (line.startsWith("SERVER_ERROR")) return new CommandError("serverError", printable(line.slice(13)));
  return null;
}

/** Whether an unfinished line can still become a line of a stats reply. Tells garbage before its line ends. */
export function mayOpenStatsLine(beginning: string): boolean {
  return OPENINGS.some((opening) => beginning.startsWith(opening) || opening.startsWith(beginning));
}

export function malformed(seen: string): ConnectionError {
  return new ConnectionError("malformedReply", seen);
}

export function tooLarge(seen: string): ConnectionError {
  return new ConnectionError("replyTooLarge", seen);
}
