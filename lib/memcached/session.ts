import { BinarySession } from "./binary/session";
import type { ReadyConnection } from "./connection/connect";
import type { PipelinedSession } from "./contract";
import { TextSession } from "./text/session";

/** A pipelined session over a signed-in connection, in its protocol. Takes over the connection. */
export function createSession(
  node: string,
  { connection, dialect }: Pick<ReadyConnection, "connection" | "dialect">,
  timeoutMs: number,
  onEnd: () => void,
): PipelinedSession {
  const Session = dialect.protocol === "text" ? TextSession : BinarySession;
  return new Session(node, connection, timeoutMs, onEnd);
}
