/** How a node can be reached from here: time to connect, and time to answer. */
import { connectNode } from "../connection/connect";
import { ConnectionError } from "../connection/errors";
import { withShortLivedConnections } from "../connection/short-lived";
import type { Deadlines, NodeEndpoint } from "../contract";

export interface Connected {
  /** From dialling to a standing connection, TLS included, in milliseconds. */
  readonly ms: number;
  /** The local address; null for a unix socket. */
  readonly from: string | null;
}

/**
 * Connects and closes at once. With `ip`, one of the resolved addresses of the node's host, only to that one; its
 * certificate is still held against the host. Rejects with `NodeError`.
 */
export function timeToConnect(
  endpoint: NodeEndpoint,
  deadlines: Deadlines,
  ip: string | null = null,
): Promise<Connected> {
  return withShortLivedConnections(
    ip === null ? endpoint : atIp(endpoint, ip),
    deadlines,
    async ({ open }) => {
      const startedAt = performance.now();
      const { socket } = await open();
      const ms = performance.now() - startedAt;
      return { ms, from: socket.localAddress ?? null };
    },
  );
}

export interface RoundTrips {
  readonly command: "version" | "noop";
  /** Each in milliseconds, in the order of asking. */
  readonly ms: readonly number[];
  /** Whether the last one asked was not answered in time; those after it were not asked. */
  readonly timedOut: boolean;
}

/**
 * Signs in on a new connection and makes `count` of the smallest requests, one after the other, within
 * `deadlines.timeoutMs` in all. Rejects with `NodeError` when not even the sign-in worked.
 */
export function roundTrips(endpoint: NodeEndpoint, deadlines: Deadlines, count: number): Promise<RoundTrips> {
  return withShortLivedConnections(endpoint, deadlines, async ({ deadline }) => {
    const { transport } = await connectNode(endpoint, deadlines, deadline, null);
    deadline.guard(() => transport.destroy(new ConnectionError("replyTimeout")));
    const command = transport.protocol === "text" ? "version" : "noop";
    const ms: number[] = [];
    try {
      while (ms.length < count) {
        const askedAt = performance.now();
        await transport.ping();
        ms.push(performance.now() - askedAt);
      }
      return { command, ms, timedOut: false };
    } catch (error) {
      if (!(error instanceof ConnectionError) || error.reason !== "replyTimeout") throw error;
      return { command, ms, timedOut: true };
    } finally {
      transport.destroy(new ConnectionError("connectionClosed"));
    }
  });
}

function atIp(endpoint: NodeEndpoint, ip: string): NodeEndpoint {
  const { address, tls } = endpoint;
  if (address.kind === "unix" || address.host === ip) return endpoint;
  return {
    ...endpoint,
    address: { ...address, host: ip },
    tls: tls === null ? null : { ...tls, servername: tls.servername ?? address.host },
  };
}
