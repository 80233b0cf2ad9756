import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { connectionsReplySchema } from "@/lib/model/node/inspection.schema";
import { groupConnections, hostOf } from "./connections";

function capture(version: string): [string, string][] {
  const text = readFileSync(`tests/fixtures/captures/${version}/stats-conns.txt`, "utf8");
  return [...text.matchAll(/^STAT (\S+) (.*?)\r?$/gm)].map(([, key = "", value = ""]) => [key, value]);
}

/** As memcached 1.6.18 answered over IPv6, listening on TCP and UDP on both loopback addresses. */
const BOTH_FAMILIES: [string, string][] = [
  ["23:addr", "tcp:127.0.0.1:29311"],
  ["23:state", "conn_listening"],
  ["23:secs_since_last_cmd", "0"],
  ["24:addr", "tcp6:[::1]:29311"],
  ["24:state", "conn_listening"],
  ["25:UDP", "UDP"],
  ["25:addr", "udp:127.0.0.1:29311"],
  ["25:state", "conn_read"],
  ["26:UDP", "UDP"],
  ["26:addr", "udp6:[::1]:29311"],
  ["26:state", "conn_read"],
  ["27:addr", "tcp6:[::1]:40138"],
  ["27:listen_addr", "tcp6:[::1]:29311"],
  ["27:state", "conn_watch"],
  ["27:secs_since_last_cmd", "0"],
];

/** As memcached 1.6.18 answered over its unix socket. */
const UNIX: [string, string][] = [
  ["23:addr", "unix:/run/memcached.sock"],
  ["23:state", "conn_listening"],
  ["24:addr", "?:<AF 0>"],
  ["24:listen_addr", "unix:/run/memcached.sock"],
  ["24:state", "conn_parse_cmd"],
  ["24:secs_since_last_cmd", "4"],
  ["25:addr", "?:<AF 0>"],
  ["25:listen_addr", "unix:/run/memcached.sock"],
  ["25:state", "conn_new_cmd"],
  ["25:secs_since_last_cmd", "9"],
];

describe("grouping stats conns", () => {
  it.each(["1.4.25", "1.5.5", "1.6.9", "1.6.18", "1.6.18-plain"])("gives a valid reply for %s", (version) => {
    expect(connectionsReplySchema.safeParse({ atMs: 1, ...groupConnections(capture(version)) }).success).toBe(
      true,
    );
  });

  it("groups clients by host, separate from listeners", () => {
    const reply = groupConnections(capture("1.4.25"));
    expect(reply.listeners).toEqual([{ fd: 16, address: "127.0.0.1:21002", transport: "tcp" }]);
    expect(reply.clients).toEqual([
      {
        address: "127.0.0.1",
        connections: 5,
        idleSeconds: { min: 0, max: 66 },
        states: { conn_new_cmd: 3, conn_read: 1, conn_parse_cmd: 1 },
      },
    ]);
  });

  it("knows the listener of a client only from 1.6.9 on", () => {
    expect(groupConnections(capture("1.5.5")).connections[0]?.listenAddress).toBeNull();
    expect(groupConnections(capture("1.6.9")).connections[0]?.listenAddress).toBe("127.0.0.1:21005");
  });

  it("reads both families, and counts a UDP socket as a listener although it is in conn_read", () => {
    const reply = groupConnections(BOTH_FAMILIES);
    expect(reply.listeners.map(({ transport, address }) => `${transport} ${address}`)).toEqual([
      "tcp 127.0.0.1:29311",
      "tcp [::1]:29311",
      "udp 127.0.0.1:29311",
      "udp [::1]:29311",
    ]);
    expect(reply.clients).toEqual([
      { address: "::1", connections: 1, idleSeconds: { min: 0, max: 0 }, states: { conn_watch: 1 } },
    ]);
  });

  it("names the clients of a unix socket, which have no address of their own", () => {
    const reply = groupConnections(UNIX);
    expect(reply.listeners).toEqual([{ fd: 23, address: "/run/memcached.sock", transport: "unix" }]);
    expect(reply.clients).toEqual([
      {
        address: "unix",
        connections: 2,
        idleSeconds: { min: 4, max: 9 },
        states: { conn_parse_cmd: 1, conn_new_cmd: 1 },
      },
    ]);
  });

  it("puts the client with most connections first", () => {
    const many: [string, string][] = [1, 2, 3].flatMap((fd) => [
      [`${fd}:addr`, fd === 1 ? "tcp:10.0.0.1:1000" : `tcp:10.0.0.2:${fd}`],
      [`${fd}:state`, "conn_read"],
    ]);
    expect(groupConnections(many).clients.map(({ address, connections }) => [address, connections])).toEqual([
      ["10.0.0.2", 2],
      ["10.0.0.1", 1],
    ]);
    expect(groupConnections(many).clients[0]?.idleSeconds).toEqual({ min: null, max: null });
  });

  it("treats a state named like an object's property as a name", () => {
    const { clients } = groupConnections([
      ["1:addr", "tcp:10.0.0.1:1"],
      ["1:state", "__proto__"],
    ]);
    expect(Object.entries(clients[0]?.states ?? {})).toEqual([["__proto__", 1]]);
  });

  it("strips ports and nothing else", () => {
    expect(["10.0.0.7:38194", "[fe80::1]:40138", "::1", "?:<AF 0>", "web-1:80"].map(hostOf)).toEqual([
      "10.0.0.7",
      "fe80::1",
      "::1",
      "?:<AF 0>",
      "web-1",
    ]);
  });
});
