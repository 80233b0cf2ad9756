import type { Deadlines, NodeEndpoint } from "../contract";
import { Deadline } from "./deadline";
import { ConnectionError } from "./errors";
import { openConnection } from "./open";

/**
 * The address of ours that a connection to the node comes from, as this machine sees it; null for a unix socket, and
 * when the node cannot be connected to. Nothing is sent.
 */
export async function localAddressTowards(
  endpoint: NodeEndpoint,
  { connectTimeoutMs, timeoutMs }: Deadlines,
): Promise<string | null> {
  if (endpoint.address.kind === "unix") return null;
  const deadline = new Deadline(timeoutMs);
  try {
    // A handshake would tell no more.
    const wire = await openConnection({ ...endpoint, tls: null }, connectTimeoutMs, deadline);
    const address = wire.socket.localAddress ?? null;
    wire.destroy(new ConnectionError("connectionClosed"));
    return address;
  } catch (error) {
    if (error instanceof ConnectionError) return null;
    throw error;
  } finally {
    deadline.clear();
  }
}
