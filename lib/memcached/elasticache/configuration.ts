/** Reads the nodes of a cluster from an ElastiCache configuration endpoint, over its own connection. */

import { formatNodeAddress } from "@/lib/model/node/node-address";
import type { Connection } from "../connection/connection";
import { Deadline } from "../connection/deadline";
import { CommandError, ConnectionError, toNodeError } from "../connection/errors";
import { openConnection } from "../connection/open";
import type { Deadlines, NodeEndpoint } from "../contract";
import { encodeGet } from "../text/encoder";
import { TextTransport } from "../text/transport";
import { type ClusterConfiguration, ClusterReader } from "./reader";

/** From engine 1.4.14; other servers reply `ERROR` without any effect. */
const CONFIG_GET = Buffer.from("config get cluster\r\n");
/** Before 1.4.14: an ordinary item. */
const GET = encodeGet("AmazonElastiCache:cluster");

/**
 * Requests the cluster's configuration in the newer form, then in the older one, without a sign-in. Rejects with
 * `NodeError` within `deadlines.timeoutMs`, or when `signal` aborts; closes the connection in any case.
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
    const transport = new TextTransport(opened);
    const configuration = (await requestNewer(transport)) ?? (await request(transport, GET));
    if (configuration === null) throw new ConnectionError("unsupported", "it has no cluster configuration");
    return configuration;
  } catch (error) {
    throw toNodeError(formatNodeAddress(endpoint.address), error);
  } finally {
    signal.removeEventListener("abort", giveUp);
    deadline.clear();
    connection?.destroy(new ConnectionError("connectionClosed"));
  }
}

/** Null if the server does not have the newer form. */
async function requestNewer(transport: TextTransport): Promise<ClusterConfiguration | null> {
  try {
    return await request(transport, CONFIG_GET);
  } catch (error) {
    if (error instanceof CommandError && error.kind !== "serverError") return null;
    throw error;
  }
}

async function request(transport: TextTransport, bytes: Buffer): Promise<ClusterConfiguration | null> {
  const reader = new ClusterReader();
  await transport.send(bytes, reader);
  return reader.configuration;
}
