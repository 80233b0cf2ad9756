/** The listeners of real servers, by their own settings and by the kernel's list of sockets. */
import { readFile } from "node:fs/promises";
import { afterEach, describe, expect, it } from "vitest";
import type { Check, SharedStats } from "@/lib/diagnostics/contract";
import { judgeListeners, listeners } from "@/lib/diagnostics/probes/listeners/probe";
import { probeContext, probeTarget } from "../../doubles/probe-target";
import { freePort } from "../../servers/free-port";
import { type MemcachedServer, startMemcached } from "../../servers/memcached";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function checksOf(server: MemcachedServer): Promise<readonly Check[]> {
  closing.push(() => server.stop());
  const target = probeTarget(server.endpoint);
  closing.push(() => target.client.close());
  return listeners.run(target, probeContext());
}

/** Local IPv4 sockets of the kernel's tables as `127.0.0.1:11211`, listening (TCP) or bound (UDP). */
async function kernelSockets(transport: "tcp" | "udp"): Promise<string[]> {
  const table = await readFile(`/proc/net/${transport}`, "utf8");
  return [...table.matchAll(/^\s*\d+: ([0-9A-F]{8}):([0-9A-F]{4}) \S+ (0A|07) /gm)].map(
    ([, hex = "", port = ""]) => {
      const bytes = Buffer.from(hex, "hex").reverse();
      return `${[...bytes].join(".")}:${Number.parseInt(port, 16)}`;
    },
  );
}

describe("real servers", () => {
  it("on loopback with UDP list exactly the sockets that the kernel knows", async () => {
    const port = await freePort();
    const server = await startMemcached({
      mode: "plain",
      port,
      args: ["-l", "127.0.0.2", "-U", String(port)],
    });
    const [check, ...more] = await checksOf(server);
    expect(more).toEqual([]);
    expect(check).toMatchObject({ check: "listens:loopback", verdict: "pass", severity: "ok" });
    const expected = ["127.0.0.1", "127.0.0.2"].map((host) => `${host}:${port}`);
    const addresses = check?.evidence.addresses;
    expect(Array.isArray(addresses) ? [...addresses].sort() : null).toEqual(
      expected.flatMap((address) => [`${address} (TCP)`, `${address} (UDP)`]).sort(),
    );
    for (const address of expected) {
      expect(await kernelSockets("tcp")).toContain(address);
      expect(await kernelSockets("udp")).toContain(address);
    }
    expect(check?.evidence).toMatchObject({ source: "stats conns", udpSockets: 2 });
    const { pid } = server;
    expect(check?.evidence.netstat).toMatch(
      new RegExp(
        `^tcp   -      -      127\\.0\\.0\\.1:${port} +0\\.0\\.0\\.0:\\* +LISTEN +${pid}/memcached$`,
        "m",
      ),
    );
  });

  it.each(["sasl", "binary"] as const)(
    "that lack stats conns tell it by their settings: %s",
    async (mode) => {
      const [check] = await checksOf(await startMemcached({ mode }));
      expect(check).toMatchObject({ check: "listens:loopback", evidence: { source: "stats settings" } });
    },
  );

  it("on a unix socket listen nowhere else", async () => {
    const server = await startMemcached({ mode: "unix" });
    const checks = await checksOf(server);
    expect(checks).toHaveLength(1);
    expect(checks[0]).toMatchObject({
      check: "listens:unix",
      severity: "ok",
      evidence: { addresses: [server.endpoint.id] },
    });
  });
});

describe("by their settings", () => {
  const statsOf = (inter: string, more: Partial<SharedStats> = {}): SharedStats => ({
    general: null,
    settings: new Map([
      ["inter", inter],
      ["tcpport", "11211"],
      ["udpport", "0"],
    ]),
    conns: null,
    problem: {},
    ...more,
  });

  it("each scope is judged separately, the widest first", () => {
    const checks = judgeListeners(statsOf("127.0.0.1,10.0.0.5,8.8.8.8,0.0.0.0,cache-1"));
    expect(checks.map(({ check, verdict, severity }) => [check, verdict, severity])).toEqual([
      ["listens:all", "fail", "warning"],
      ["listens:public", "fail", "critical"],
      ["listens:private", "pass", "ok"],
      ["listens:loopback", "pass", "ok"],
      ["listens", "unknown", "info"],
    ]);
  });

  it("what they do not report is unknown with the reason", () => {
    const problem = { conns: "the binary protocol does not have it" };
    expect(judgeListeners(statsOf("", { settings: null, problem }))).toMatchObject([
      { check: "listens", verdict: "unknown", evidence: { reason: problem.conns } },
    ]);
  });

  it("a hostile list is bounded and escaped", () => {
    const hostile = Array.from({ length: 500 }, (_, i) => `\u001b[31m${"x".repeat(300)}${i}`).join(",");
    const [check] = judgeListeners(statsOf(hostile));
    expect(check?.evidence.addresses).toHaveLength(50);
    expect(String(check?.evidence.netstat).length).toBeLessThanOrEqual(16_384);
    expect(JSON.stringify(check)).not.toContain("\\u001b");
    expect(check?.title.length).toBeLessThan(1_000);
  });
});
