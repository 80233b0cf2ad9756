import { NodeError } from "@/lib/model/errors";
import type { Deadlines, NodeEndpoint } from "../contract";
import { withShortLivedConnections } from "./short-lived";

/**
 * The local address of a connection to the node; null for a unix socket, and if the connection fails. Sends nothing,
 * not even a TLS handshake.
 */
export async function localAddressTowards(
  endpoint: NodeEndpoint,
  deadlines: Deadlines,
): Promise<string | null> {
  if (endpoint.address.kind === "unix") return null;
  try {
    return await withShortLivedConnections({ ...endpoint, tls: null }, deadlines, async ({ open }) => {
      const { socket } = await open();
      return socket.localAddress ?? null;
    });
  } catch (error) {
    if (error instanceof NodeError) return null;
    throw error;
  }
}
