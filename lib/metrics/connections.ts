/**
 * `stats conns` grouped by client.
 *
 * Observed on servers: `addr` is `tcp:127.0.0.1:38194`, `tcp6:[::1]:40138`, `udp:…`, `udp6:…` or `unix:/path`; a
 * client of a unix socket has no address at all and is written `?:<AF 0>`. `listen_addr` appears in 1.6.9.
 * A TCP or unix listener has state `conn_listening`; a UDP socket serves everyone and has `conn_read`.
 */
import type { Connection, ConnectionsReply } from "@/lib/model/node/inspection.schema";
import type { Entries } from "./stats-entries";

/** Name of all clients of a unix socket, which have no address of their own. */
const UNIX_CLIENTS = "unix";

/**
 * Groups the entries into `connectionsReplySchema` without its time. `listeners` are the listening sockets
 * (memcached opens one UDP socket per worker thread, each is listed); `connections` are the clients only.
 * Clients are sorted by their number of connections, then by address. Addresses carry no transport prefix.
 */
export function groupConnections(entries: Entries): Omit<ConnectionsReply, "atMs"> {
  const listeners: ConnectionsReply["listeners"] = [];
  const connections: Connection[] = [];
  for (const [fd, fields] of byDescriptor(entries)) {
    const local = splitAddress(fields.get("addr") ?? "");
    const listen = fields.get("listen_addr");
    const state = fields.get("state") ?? "unknown";
    if (state === "conn_listening" || local.transport === "udp") {
      listeners.push({ fd, address: local.address, transport: local.transport });
      continue;
    }
    const through = listen === undefined ? null : splitAddress(listen);
    const unix = through?.transport === "unix" || local.transport === "unix";
    connections.push({
      fd,
      address: unix ? UNIX_CLIENTS : local.address,
      listenAddress: through?.address ?? null,
      state,
      idleSeconds: seconds(fields.get("secs_since_last_cmd")),
    });
  }
  return { listeners, clients: groupClients(connections), connections };
}

/** `10.0.0.7:38194` to `10.0.0.7`, `[::1]:40138` to `::1`; anything else as it is. */
export function hostOf(address: string): string {
  const [, bracketed, plain] = /^(?:\[([^\]]+)\]|([^:]+)):\d+$/.exec(address) ?? [];
  return bracketed ?? plain ?? address;
}

function groupClients(connections: readonly Connection[]): ConnectionsReply["clients"] {
  const groups = new Map<string, Connection[]>();
  for (const connection of connections) {
    const host = hostOf(connection.address);
    const group = groups.get(host);
    if (group) group.push(connection);
    else groups.set(host, [connection]);
  }
  return [...groups]
    .map(([address, members]) => ({
      address,
      connections: members.length,
      idleSeconds: span(members),
      states: countStates(members),
    }))
    .sort((a, b) => b.connections - a.connections || (a.address < b.address ? -1 : 1));
}

function span(members: readonly Connection[]): { min: number | null; max: number | null } {
  let min: number | null = null;
  let max: number | null = null;
  for (const { idleSeconds } of members) {
    if (idleSeconds === null) continue;
    min = min === null ? idleSeconds : Math.min(min, idleSeconds);
    max = max === null ? idleSeconds : Math.max(max, idleSeconds);
  }
  return { min, max };
}

function countStates(members: readonly Connection[]): Record<string, number> {
  const states = new Map<string, number>();
  for (const { state } of members) states.set(state, (states.get(state) ?? 0) + 1);
  return Object.fromEntries(states);
}

function splitAddress(raw: string): { transport: string; address: string } {
  const [, transport, address] = /^(tcp|udp|unix)6?:(.*)$/s.exec(raw) ?? [];
  if (transport === undefined || address === undefined) return { transport: "unknown", address: raw };
  return { transport, address };
}

function seconds(value: string | undefined): number | null {
  return value !== undefined && /^\d{1,12}$/.test(value) ? Number(value) : null;
}

function byDescriptor(entries: Entries): Map<number, Map<string, string>> {
  const sockets = new Map<number, Map<string, string>>();
  for (const [name, value] of entries) {
    const [, fd, field] = /^(\d{1,9}):(.+)$/.exec(name) ?? [];
    if (fd === undefined || field === undefined) continue;
    const fields = sockets.get(Number(fd)) ?? new Map<string, string>();
    if (!fields.has(field)) fields.set(field, value);
    sockets.set(Number(fd), fields);
  }
  return sockets;
}
