/** Whatever a node reports and whatever a probe is given, only the node's own host receives anything. */
import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import type { Probe, SharedStats } from "@/lib/diagnostics/contract";
import { authentication } from "@/lib/diagnostics/probes/authentication/probe";
import { listeners } from "@/lib/diagnostics/probes/listeners/probe";
import { reachability } from "@/lib/diagnostics/probes/reachability/probe";
import { tls } from "@/lib/diagnostics/probes/tls/probe";
import { UdpRateLimit } from "@/lib/diagnostics/probes/udp/pace";
import { createUdpExposure } from "@/lib/diagnostics/probes/udp/probe";
import type { NodeEndpoint } from "@/lib/memcached/contract";
import { UDP_PAYLOADS } from "@/lib/model/findings/finding";
import { probeContext, probeTarget } from "../../doubles/probe-target";
import { startUdpServer, type UdpServer } from "../../servers/udp";

// No test owns a name whose addresses change.
vi.mock("node:dns/promises", { spy: true });

/** Somebody else's machine. The node under test is at 127.0.0.1, with nothing behind it. */
const CANARY_HOST = "127.0.0.77";
let canaryPort = 0;
let udpCanary: UdpServer;
/** At the node's own host, where `udpport` may lead. */
let udpNode: UdpServer;
const connections: string[] = [];
const tcpCanary = createServer((socket) => {
  connections.push(socket.remoteAddress ?? "");
  socket.destroy();
});

beforeAll(async () => {
  tcpCanary.listen(0, CANARY_HOST);
  await once(tcpCanary, "listening");
  canaryPort = (tcpCanary.address() as AddressInfo).port;
  udpCanary = await startUdpServer(undefined, { host: CANARY_HOST, port: canaryPort });
  udpNode = await startUdpServer((socket, request, from) => socket.send(request, from.port, from.address));
});
afterAll(async () => {
  tcpCanary.close();
  await udpCanary.stop();
  await udpNode.stop();
});

const PROBES: readonly Probe[] = [listeners, authentication, tls, reachability];

it("nothing that a node reports sends a probe elsewhere", async () => {
  const at = () => `${CANARY_HOST}:${canaryPort}`;
  const address = fc.constantFrom("HOST", "AT", "TCP", "UDP", "0.0.0.0", "NULL", "localhost").map((form) => {
    const forms: Record<string, string> = {
      HOST: CANARY_HOST,
      AT: at(),
      TCP: `tcp:${at()}`,
      UDP: `udp:${at()}`,
    };
    return forms[form] ?? form;
  });
  const port = fc.oneof(
    fc.constantFrom("CANARY", "NODE", "0", "-1", "99999", "11211\r\n", "0x2bcb", "1e3", "").map((form) => {
      if (form === "CANARY") return String(canaryPort);
      return form === "NODE" ? String(udpNode.port) : form;
    }),
    fc.string({ maxLength: 12 }),
  );
  /** Often the node's own, so that the canaries are known to see what is sent. */
  const udpPort = fc.oneof({ weight: 1, arbitrary: port }, fc.constant(String(udpNode.port)));
  const stats: fc.Arbitrary<Partial<SharedStats>> = fc.record({
    settings: fc.option(
      fc
        .record({
          inter: address,
          tcpport: port,
          udpport: udpPort,
          domain_socket: address,
          ssl_verify_mode: port,
        })
        .map((entries) => new Map(Object.entries(entries))),
    ),
    conns: fc.option(
      fc.array(fc.tuple(address, address), { maxLength: 4 }).map(
        (rows) =>
          new Map(
            rows.flatMap(([address, state], fd): [string, string][] => [
              [`${fd}:addr`, address],
              [`${fd}:state`, state === "NULL" ? "conn_listening" : state],
              [`${fd}:listen_addr`, address],
            ]),
          ),
      ),
    ),
  });
  await fc.assert(
    fc.asyncProperty(stats, fc.constantFrom(...UDP_PAYLOADS), async (reported, payload) => {
      const endpoint: NodeEndpoint = {
        id: "127.0.0.1:1",
        address: { kind: "tcp", host: "127.0.0.1", port: 1 },
        protocol: "auto",
        credentials: null,
        tls: null,
      };
      const target = probeTarget(endpoint, reported);
      const context = probeContext(payload);
      // Nothing is there: probes that need an answer reject, and none may throw anything but that.
      const outcomes = await Promise.allSettled(
        [...PROBES, createUdpExposure(new UdpRateLimit())].map((probe) => probe.run(target, context)),
      );
      for (const outcome of outcomes)
        if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ name: "NodeError" });
    }),
    { numRuns: 60 },
  );
  expect(connections).toEqual([]);
  expect(udpCanary.requests).toEqual([]);
  // The canaries work: the node's own port received exactly the two requests.
  expect(udpNode.requests.length).toBeGreaterThan(0);
  for (const { bytes } of udpNode.requests)
    expect(["version", "stats"].map((word) => `\0\0\0\x01\0\0${word}\r\n`)).toContain(
      bytes.toString("latin1", 2),
    );
}, 120_000);

/** The resolver's next answers; the last one repeats. */
function resolver(...answers: string[][]): void {
  const mocked = vi.mocked(lookup as (host: string, options: object) => Promise<object[]>).mockReset();
  for (const answer of answers) {
    const addresses = answer.map((address) => ({ address, family: 4 }));
    mocked.mockResolvedValueOnce(addresses).mockResolvedValue(addresses);
  }
}

function named(port: number, settings = new Map<string, string>()) {
  const address = { kind: "tcp", host: "cache.example.test", port } as const;
  const id = `${address.host}:${port}`;
  return probeTarget({ id, address, protocol: "auto", credentials: null, tls: null }, { settings });
}

it("a name whose answer changes gets its datagram at the checked address, and is resolved once", async () => {
  resolver(["127.0.0.1"], [CANARY_HOST]);
  const before = udpNode.requests.length;
  await createUdpExposure(new UdpRateLimit()).run(named(udpNode.port), probeContext());
  expect(lookup).toHaveBeenCalledTimes(1);
  expect(udpNode.requests.length).toBe(before + 1);
  expect(udpCanary.requests).toEqual([]);
});

it("a name with one refused address gets nothing at any of them", async () => {
  resolver([CANARY_HOST, "169.254.169.254"]);
  const target = named(canaryPort);
  for (const probe of [createUdpExposure(new UdpRateLimit()), tls, authentication])
    await expect(probe.run(target, probeContext())).rejects.toMatchObject({ reason: "unreachable" });
  expect(udpCanary.requests).toEqual([]);
  expect(connections).toEqual([]);
});
