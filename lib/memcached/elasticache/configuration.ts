/** Asks an ElastiCache configuration endpoint which nodes its cluster has: one connection, one answer. */

import type { Connection } from "../connection/connection";
import { Deadline } from "../connection/deadline";
import { CommandError, ConnectionError, toNodeError } from "../connection/errors";
import { openConnection } from "../connection/open";
import type { Deadlines, NodeEndpoint } from "../contract";
import { encodeGet } from "../text/encoder";
import { type ClusterConfiguration, ClusterReader } from "./reader";

/** Since engine 1.4.14; any other server answers `ERROR` and nothing happens. */
const CONFIG_GET = Buffer.from("config get cluster\r\n");
/** Before: an ordinary item. */
const GET = encodeGet("AmazonElastiCache:cluster");

/**
 * The cluster's configuration, asked in the newer form and then in the older one. No sign-in is sent.
 * Rejects with `NodeError` within `deadlines.timeoutMs`, or soon after `signal` is aborted; the connection is
 * closed either way.
 */
export async function askClusterConfiguration(
  endpoint: Pick<NodeEndpoint, "address" | "tls">,
  { connectTimeoutMs, timeoutMs }: Deadlines,
  signal: AbortSignal,
): Promise<ClusterConfiguration> {
  const deadline = new Deadline(timeoutMs);
  const giveUp = () => deadline.giveUp();
  signal.addEventListener("abort", giveUp, { once: true });
  let connection: Connection | null = null;
  try {
    if (signal.aborted) throw new ConnectionError("replyTimeout");
    const opened = await openConnection(endpoint, connectTimeoutMs, deadline);
    connection = opened;
    deadline.guard(() => opened.destroy(new ConnectionError("replyTimeout")));
    const configuration = (await askNewer(opened)) ?? (await exchange(opened, GET));
    if (configuration === null) throw new ConnectionError("unsupported", "it holds no cluster configuration");
    return configuration;
  } catch (error) {
    throw toNodeError(nameOf(endpoint.address), error);
  } finally {
    signal.removeEventListener("abort", giveUp);
    deadline.clear();
    connection?.destroy(new ConnectionError("connectionClosed"));
  }
}

/** Null when the server does not know the newer form. */
async function askNewer(connection: Connection): Promise<ClusterConfiguration | null> {
  try {
    return await exchange(connection, CONFIG_GET);
  } catch (error) {
    if (error instanceof CommandError && error.kind !== "serverError") return null;
    throw error;
  }
}

/** Sends a request and takes its reply; a refusal leaves the connection in a known state. */
function exchange(connection: Connection, request: Buffer): Promise<ClusterConfiguration | null> {
  const reader = new ClusterReader();
  return new Promise((resolve, reject) => {
    connection.use((bytes, length) => {
      try {
        if (reader.push(bytes, length)) resolve(reader.configuration);
      } catch (error) {
        if (error instanceof ConnectionError) connection.destroy(error);
        reject(error);
      }
    }, reject);
    connection.write(request);
  });
}

function nameOf(address: NodeEndpoint["address"]): string {
  if (address.kind === "unix") return `unix:${address.path}`;
  return address.host.includes(":") ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}
