/** Time to connect to a node, and time of a round trip. */
import { ConnectionError } from "../connection/errors";
import { withShortLivedConnections } from "../connection/short-lived";
import type { Deadlines, NodeEndpoint } from "../contract";

export interface ConnectResult {
  /** Time to connect, including TLS, in milliseconds. */
  readonly ms: number;
  /** The local address; null for a unix socket. */
  readonly from: string | null;
}

/**
 * Connects and closes immediately. With `ip`, one of the resolved addresses of the node's host, connects only to that
 * one; the certificate must still match the host. Rejects with `NodeError`.
 */
export function timeToConnect(
  endpoint: NodeEndpoint,
  deadlines: Deadlines,
  ip: string | null = null,
): Promise<ConnectResult> {
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
  /** Each in milliseconds, in order. */
  readonly ms: readonly number[];
  /** Whether a round trip timed out; the ones after it were skipped. */
  readonly timedOut: boolean;
}

/**
 * Signs in on a new connection and sends `count` of the smallest requests, one after the other, within
 * `deadlines.timeoutMs` in total. Rejects with `NodeError` if the sign-in fails.
 */
export function roundTrips(endpoint: NodeEndpoint, deadlines: Deadlines, count: number): Promise<RoundTrips> {
  return withShortLivedConnections(endpoint, deadlines, async ({ connect }) => {
    const { transport } = await connect();
    const command = transport.protocol === "text" ? "version" : "noop";
    const ms: number[] = [];
    try {
      while (ms.length < count) {
        const sentAt = performance.now();
        await transport.ping();
        ms.push(performance.now() - sentAt);
      }
      return { command, ms, timedOut: false };
    } catch (error) {
      if (!(error instanceof ConnectionError) || error.reason !== "replyTimeout") throw error;
      return { command, ms, timedOut: true };
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
