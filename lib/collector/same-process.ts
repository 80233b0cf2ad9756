/** Asks a node whether another node's connection leads to the same server process: it lists its clients. */
import { requiredSlot } from "@/lib/catalogue/stats";
import type { LocalEndpoint, StatsEntries } from "@/lib/memcached/contract";
import { CapabilityError, NodeError } from "@/lib/model/errors";
import type { NodeRecord } from "./node-record";
import type { ProcessVerdict } from "./shared-processes";

const CURR_CONNECTIONS = requiredSlot("curr_connections");

/** A list of more connections costs the server more than the answer is worth. */
const MAX_CONNECTIONS = 2_000;

/**
 * `unknown` if the node does not list its clients, or not by the addresses that they have here (a translation of
 * addresses, a unix socket).
 */
export async function compareProcesses(node: NodeRecord, other: NodeRecord): Promise<ProcessVerdict> {
  if (!((node.sample()[CURR_CONNECTIONS] as number) <= MAX_CONNECTIONS)) return "unknown";
  let clients: ReadonlySet<string>;
  try {
    clients = clientsIn(await node.client.stats("conns"));
  } catch (error) {
    if (error instanceof CapabilityError || error instanceof NodeError) return "unknown";
    throw error;
  }
  const own = node.client.localEndpoint();
  const others = other.client.localEndpoint();
  if (own === null || others === null || keyOf(own) === keyOf(others)) return "unknown";
  if (!clients.has(keyOf(own))) return "unknown";
  return clients.has(keyOf(others)) ? "same" : "different";
}

/** `tcp:10.0.0.7:38194` and `tcp6:[::1]:40138` of `stats conns`. */
function clientsIn(entries: StatsEntries): ReadonlySet<string> {
  const clients = new Set<string>();
  for (const [name, value] of entries) {
    if (!name.endsWith(":addr")) continue;
    const [, ip, port] = /^tcp6?:(.+):(\d{1,5})$/.exec(value) ?? [];
    if (ip !== undefined) clients.add(keyOf({ ip: ip.replace(/^\[(.*)\]$/, "$1"), port: Number(port) }));
  }
  return clients;
}

function keyOf({ ip, port }: LocalEndpoint): string {
  return `${ip.toLowerCase().replace(/^::ffff:(?=\d+\.)/, "")} ${port}`;
}
