/** The UDP probe against real servers, and against what no real server does on command. */
import { createSocket } from "node:dgram";
import { afterEach, describe, expect, it } from "vitest";
import type { Check, ProbeTarget } from "@/lib/diagnostics/contract";
import { UdpRateLimit } from "@/lib/diagnostics/probes/udp/pace";
import { createUdpExposure, udpExposure } from "@/lib/diagnostics/probes/udp/probe";
import type { NodeEndpoint } from "@/lib/memcached/contract";
import type { UdpPayload } from "@/lib/model/findings/finding";
import { probeContext, probeTarget } from "../../doubles/probe-target";
import { freePort } from "../../servers/free-port";
import { startMemcached } from "../../servers/memcached";
import { rawUdp, startUdpServer, type UdpReaction, udpAnswer } from "../../servers/udp";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function probe(target: ProbeTarget, payload: UdpPayload = "version"): Promise<Check> {
  closing.push(() => target.client.close());
  const [check, ...more] = await createUdpExposure(new UdpRateLimit()).run(target, probeContext(payload));
  expect(more).toEqual([]);
  if (check === undefined) throw new Error("no check");
  return check;
}

function endpointAt(port: number, host = "127.0.0.1"): NodeEndpoint {
  const id = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
  return { id, address: { kind: "tcp", host, port }, protocol: "auto", credentials: null, tls: null };
}

const settingsSaying = (udpport: string, inter = "127.0.0.1") =>
  new Map([
    ["tcpport", "11211"],
    ["udpport", udpport],
    ["inter", inter],
    ["domain_socket", "NULL"],
  ]);

/** A fake node whose settings tell its UDP port. */
async function fake(reaction: UdpReaction) {
  const server = await startUdpServer(reaction);
  closing.push(server.stop);
  const settings = settingsSaying(String(server.port));
  return { server, target: probeTarget(endpointAt(server.port), { settings }) };
}

async function memcachedWithUdp(args: (port: number) => string[]) {
  const port = await freePort();
  const server = await startMemcached({ mode: "plain", port, args: args(port) });
  closing.push(() => server.stop());
  return { port, target: probeTarget(server.endpoint) };
}

describe("real memcached", () => {
  it("with -U replies to version; the bytes match a bare client's", async () => {
    const { port, target } = await memcachedWithUdp((own) => ["-U", String(own)]);
    const check = await probe(target);
    const independent = Buffer.concat(await rawUdp(port, "version"));
    expect(check).toMatchObject({ check: "udp-answers", verdict: "open", severity: "warning" });
    expect(check.evidence).toMatchObject({
      requestBytes: 17,
      replyBytes: independent.length,
      datagrams: 1,
      port,
      address: "127.0.0.1",
      udpportSetting: port,
      agreement: "agrees",
      exposure: "loopback",
      ended: "complete",
      amplification: Math.round((independent.length / 17) * 100) / 100,
    });
    expect(check.evidence.transcript).toContain("< VERSION 1.");
    expect(check.title).toContain(`17 bytes sent, ${independent.length} bytes received`);
  });

  it("with -U replies to stats in several datagrams, counted like a bare client's", async () => {
    const { port, target } = await memcachedWithUdp((own) => ["-U", String(own)]);
    const check = await probe(target, "stats");
    const independent = await rawUdp(port, "stats");
    const bytes = independent.reduce((sum, datagram) => sum + datagram.length, 0);
    expect(independent.length).toBeGreaterThan(1);
    expect(check.evidence).toMatchObject({ requestBytes: 15, datagrams: independent.length });
    // Counters of the second reply may have gained a digit or two.
    expect(Math.abs(Number(check.evidence.replyBytes) - bytes)).toBeLessThan(28);
    expect(Number(check.evidence.amplification)).toBeCloseTo(bytes / 15, -1);
    // IPv4 and UDP add 20 and 8 bytes to each datagram.
    const withHeaders = (Number(check.evidence.replyBytes) + 28 * independent.length) / (15 + 28);
    expect(check.evidence.amplificationWithHeaders).toBe(Math.round(withHeaders * 100) / 100);
    expect(check.evidence.transcript).toMatch(/^> \[frame (\\x[0-9a-f]{2}|.){8,}\]\n> stats\\r\\n\n/);
    expect(check.evidence.transcript).toContain("< STAT pid ");
    expect(String(check.evidence.transcript).endsWith("< END\\r\\n")).toBe(true);
  });

  it("on another UDP port is probed there", async () => {
    const other = await freePort();
    const { port, target } = await memcachedWithUdp(() => ["-U", String(other)]);
    const check = await probe(target);
    expect(check).toMatchObject({ verdict: "open", evidence: { port: other } });
    expect(other).not.toBe(port);
  });

  it("without UDP is refused at its TCP port number, matching its settings", async () => {
    const { port, target } = await memcachedWithUdp(() => []);
    const check = await probe(target);
    expect(check).toMatchObject({ verdict: "refused", severity: "ok" });
    expect(check.evidence).toMatchObject({
      port,
      error: "ECONNREFUSED",
      udpportSetting: 0,
      agreement: "agrees",
      datagrams: 0,
    });
  });

  it("over IPv6 is measured with the larger header", async () => {
    const port = await freePort();
    const server = await startMemcached({
      mode: "plain",
      port,
      args: ["-l", "::1", "-U", String(port)],
    });
    closing.push(() => server.stop());
    const check = await probe(probeTarget(endpointAt(port, "::1")));
    const independent = Buffer.concat(await rawUdp(port, "version", "::1"));
    expect(check).toMatchObject({ verdict: "open", severity: "warning" });
    expect(check.evidence).toMatchObject({
      replyBytes: independent.length,
      headerBytesPerDatagram: 48,
      address: "::1",
    });
  });

  it("behind a unix socket has nothing to probe", async () => {
    const server = await startMemcached({ mode: "unix" });
    closing.push(() => server.stop());
    expect(await probe(probeTarget(server.endpoint))).toMatchObject({ verdict: "not-applicable" });
  });
});

describe("no reply", () => {
  it("is no-answer, never safe, and contradicts settings that enable UDP", async () => {
    const { server, target } = await fake(() => undefined);
    const check = await probe(target);
    expect(server.requests).toHaveLength(1);
    expect(check).toMatchObject({ verdict: "no-answer", severity: "info" });
    expect(check.evidence).toMatchObject({ ended: "limit", agreement: "silent-though-on", error: null });
    expect(check.evidence.note).toContain("nc -uvz");
    expect(check.title).toContain("proves nothing");
  });

  it("is only reported as no-answer when the settings are not known", async () => {
    const server = await startUdpServer();
    closing.push(server.stop);
    const check = await probe(probeTarget(endpointAt(server.port), {}));
    expect(check).toMatchObject({
      verdict: "no-answer",
      severity: "info",
      evidence: { agreement: "not-told", udpportSetting: null },
    });
  });

  it("is a warning where others may reach it when the settings enable UDP", async () => {
    const port = await freePort();
    const settings = settingsSaying(String(port), "NULL");
    const check = await probe(probeTarget(endpointAt(port), { settings }));
    expect(check).toMatchObject({ verdict: "refused", severity: "warning" });
    expect(check.evidence.agreement).toBe("silent-though-on");
    expect(check.title).toContain("although UDP is enabled in its settings");
  });
});

describe("a wrong reply", () => {
  it("from another port is ignored", async () => {
    const { target } = await fake((_, request, from) => {
      const otherSocket = createSocket("udp4");
      otherSocket.send(udpAnswer(request, "VERSION 1.6.18\r\n"), from.port, from.address, () =>
        otherSocket.close(),
      );
    });
    const check = await probe(target);
    expect(check).toMatchObject({ verdict: "no-answer", evidence: { datagrams: 0, datagramsIgnored: 0 } });
  });

  it("with another request id is counted separately and otherwise ignored", async () => {
    const { target } = await fake((socket, request, from) => {
      const id = (request.readUInt16BE(0) + 1) & 0xffff;
      socket.send(udpAnswer(request, "VERSION 1.6.18\r\n", { id }), from.port, from.address);
      socket.send("short", from.port, from.address);
    });
    const check = await probe(target);
    expect(check).toMatchObject({ verdict: "no-answer", evidence: { datagrams: 0, datagramsIgnored: 2 } });
  });

  it("without memcached behind it gives no verdict and no bytes", async () => {
    const { target } = await fake((socket, request, from) => {
      socket.send(udpAnswer(request, "secret of another service\r\n"), from.port, from.address);
    });
    const check = await probe(target);
    expect(check).toMatchObject({ verdict: "unknown", evidence: { replyBytes: 35, datagrams: 1 } });
    expect(JSON.stringify(check)).not.toContain("secret");
  });

  it("although its settings say off is critical, with both facts reported", async () => {
    const server = await startUdpServer((socket, request, from) => {
      socket.send(udpAnswer(request, "VERSION 1.6.18\r\n"), from.port, from.address);
    });
    closing.push(server.stop);
    const settings = settingsSaying("0", "10.0.0.1");
    const check = await probe(probeTarget(endpointAt(server.port), { settings }));
    expect(check).toMatchObject({
      verdict: "open",
      severity: "critical",
      evidence: { udpportSetting: 0, agreement: "answers-though-off", replyBytes: 24 },
    });
    expect(check.title).toContain("although UDP is disabled in its settings");
  });

  it("in too many datagrams is counted in full and stored within bounds", async () => {
    const row = `STAT hostile${"\u001b[31m".repeat(20)} 1\r\n`;
    const { target } = await fake((socket, request, from) => {
      for (let sequence = 0; sequence < 200; sequence++)
        socket.send(udpAnswer(request, row, { sequence, total: 201 }), from.port, from.address);
    });
    const check = await probe(target, "stats");
    expect(check).toMatchObject({
      verdict: "open",
      evidence: { datagrams: 200, datagramsKept: 64, ended: "quiet", replyBytes: 200 * (row.length + 8) },
    });
    const transcript = String(check.evidence.transcript);
    expect(transcript.length).toBeLessThanOrEqual(16_384);
    expect(transcript).not.toContain("\u001b");
  });

  it("in datagrams that are too large is counted in full and stored within bounds", async () => {
    const large = Buffer.concat([Buffer.from("STAT a "), Buffer.alloc(60_000, 120)]);
    const { target } = await fake(async (socket, request, from) => {
      // One after the other: they would overrun the receiving socket's buffer.
      for (let sequence = 0; sequence < 30; sequence++) {
        socket.send(udpAnswer(request, large, { sequence, total: 31 }), from.port, from.address);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    });
    const check = await probe(target, "stats");
    expect(check.evidence).toMatchObject({
      datagrams: 30,
      datagramsKept: Math.floor(1_048_576 / (large.length + 8)),
      replyBytes: 30 * (large.length + 8),
    });
    expect(String(check.evidence.transcript).length).toBeLessThanOrEqual(16_384);
  });
});

describe("the severity of a reply", () => {
  it.each([
    ["127.0.0.1", "warning"],
    ["10.1.2.3", "critical"],
    ["8.8.8.8", "critical"],
    ["NULL", "critical"],
  ])("of a node that listens on %s is %s", async (inter, severity) => {
    const server = await startUdpServer((socket, request, from) => {
      socket.send(udpAnswer(request, "VERSION 1.6.18\r\n"), from.port, from.address);
    });
    closing.push(server.stop);
    const settings = settingsSaying(String(server.port), inter);
    const check = await probe(probeTarget(endpointAt(server.port), { settings }));
    expect(check).toMatchObject({ verdict: "open", severity });
  });
});

describe("what may be sent", () => {
  it("is one datagram to a node, however many concurrent requests", async () => {
    const { server, target } = await fake((socket, request, from) => {
      socket.send(udpAnswer(request, "VERSION 1.6.18\r\n"), from.port, from.address);
    });
    const limited = createUdpExposure(new UdpRateLimit(), 0);
    const checks = (
      await Promise.all(Array.from({ length: 100 }, () => limited.run(target, probeContext())))
    ).flat();
    expect(checks.filter(({ verdict }) => verdict === "open")).toHaveLength(1);
    const skipped = checks.filter(({ verdict }) => verdict === "unknown");
    expect(skipped).toHaveLength(99);
    expect(skipped[0]?.title).toContain("was not probed");
    expect(skipped[0]?.evidence).toMatchObject({ datagramsSent: 0, retryAfterSeconds: 10 });
    expect(server.requests).toHaveLength(1);
  });

  it("is fifty datagrams per second to all nodes; the others are queued", async () => {
    const answer: UdpReaction = (socket, request, from) =>
      socket.send(udpAnswer(request, "VERSION 1.6.18\r\n"), from.port, from.address);
    const hosts = Array.from({ length: 100 }, (_, i) => `127.0.1.${i + 1}`);
    const servers = await Promise.all(hosts.map((host) => startUdpServer(answer, { host })));
    for (const server of servers) closing.push(server.stop);
    const pace = new UdpRateLimit();
    const startedAt = performance.now();
    const checks = await Promise.all(
      servers.map(({ port }, i) => {
        const target = probeTarget(endpointAt(port, hosts[i]), { settings: settingsSaying(String(port)) });
        return createUdpExposure(pace).run(target, probeContext());
      }),
    );
    expect(checks.flat().map(({ verdict }) => verdict)).toEqual(hosts.map(() => "open"));
    const times = servers.map(({ requests }) => {
      expect(requests).toHaveLength(1);
      return requests[0]?.atMs ?? 0;
    });
    expect(times.filter((atMs) => atMs - startedAt < 1_000).length).toBeLessThanOrEqual(50);
  });

  it("is counted per process by the probe that the product uses", async () => {
    const { server, target } = await fake((socket, request, from) => {
      socket.send(udpAnswer(request, "VERSION 1.6.18\r\n"), from.port, from.address);
    });
    const stop = new AbortController();
    const first = await udpExposure.run(target, probeContext());
    const second = udpExposure.run(target, probeContext("version", stop.signal));
    stop.abort(new Error("enough"));
    await expect(second).rejects.toThrow();
    expect(first[0]?.verdict).toBe("open");
    expect(server.requests).toHaveLength(1);
  });

  it("never goes to a forbidden address", async () => {
    const target = probeTarget(endpointAt(11211, "169.254.169.254"), {});
    await expect(probe(target)).rejects.toMatchObject({ name: "NodeError", reason: "unreachable" });
  });
});
