/** How a node is reached, on real servers, on names that resolve badly and on nodes that stop in the middle. */
import { lookup } from "node:dns/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Check, ProbeTarget } from "@/lib/diagnostics/contract";
import { reachability } from "@/lib/diagnostics/probes/reachability/probe";
import type { NodeEndpoint } from "@/lib/memcached/contract";
import { say, silence } from "@/tests/doubles/fake-reactions";
import { startFakeServer } from "@/tests/doubles/fake-server";
import { probeContext, probeTarget } from "../../doubles/probe-target";
import { freePort } from "../../servers/free-port";
import { MEMCACHED_MODES, startMemcached } from "../../servers/memcached";

// The machine's resolver is the only thing here that cannot be real: no test owns a name.
vi.mock("node:dns/promises", { spy: true });

const closing: (() => unknown)[] = [];
afterEach(async () => {
  vi.mocked(lookup).mockReset();
  for (const close of closing.splice(0).reverse()) await close();
});

async function checksOf(target: ProbeTarget): Promise<Record<string, Check>> {
  closing.push(() => target.client.close());
  const checks = await reachability.run(target, probeContext());
  return Object.fromEntries(checks.map((check) => [check.check, check]));
}

function named(host: string, port: number): NodeEndpoint {
  const address = { kind: "tcp", host, port } as const;
  return { id: `${host}:${port}`, address, protocol: "auto", credentials: null, tls: null };
}

function resolvesTo(...addresses: string[]): void {
  const answer = addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
  vi.mocked(lookup as (host: string, options: object) => Promise<object[]>).mockResolvedValue(answer);
}

/** A list in a check's evidence. */
function listIn(check: Check | undefined, name: string): string[] {
  const list = check?.evidence[name];
  if (!Array.isArray(list)) throw new Error(`no list ${name}`);
  return list;
}

describe("a node that is up", () => {
  it.each(MEMCACHED_MODES)("accepts a connection and responds ten times: %s", async (mode) => {
    const server = await startMemcached({ mode });
    closing.push(() => server.stop());
    const { resolves, connects, answers } = await checksOf(probeTarget(server.endpoint, {}));
    if (mode === "unix") expect(resolves).toBeUndefined();
    else expect(resolves).toMatchObject({ verdict: "not-applicable", severity: "ok" });
    expect(connects).toMatchObject({ verdict: "pass", figures: { addresses: 1, connected: 1 } });
    expect(connects?.evidence.from).toBe(mode === "unix" ? null : "127.0.0.1");
    expect(answers).toMatchObject({
      verdict: "pass",
      figures: {
        requests: 10,
        answered: 10,
        command: mode === "sasl" || mode === "binary" ? "noop" : "version",
      },
    });
    const each = listIn(answers, "eachMs")
      .map(Number)
      .sort((a, b) => a - b);
    expect(each).toHaveLength(10);
    // Nearest rank of ten: the fifth, the tenth.
    expect(answers?.evidence).toMatchObject({ p50Ms: each[4], p95Ms: each[9], maxMs: each[9], timeouts: 0 });
  });

  it("is connected to at both addresses of its name", async () => {
    const port = await freePort();
    const server = await startMemcached({ mode: "plain", port, args: ["-l", "127.0.0.2"] });
    closing.push(() => server.stop());
    resolvesTo("127.0.0.1", "127.0.0.2");
    const { resolves, connects, answers } = await checksOf(
      probeTarget(named("cache.example.test", port), {}),
    );
    expect(resolves).toMatchObject({
      verdict: "pass",
      evidence: { addresses: ["127.0.0.1", "127.0.0.2"], used: "127.0.0.1", refused: [] },
    });
    expect(connects).toMatchObject({ verdict: "pass", figures: { addresses: 2, connected: 2 } });
    expect(answers).toMatchObject({ verdict: "pass" });
  });

  it("at only one of two addresses fails because of the other", async () => {
    const server = await startMemcached({ mode: "plain" });
    closing.push(() => server.stop());
    const { address } = server.endpoint;
    if (address.kind !== "tcp") throw new Error("TCP only");
    resolvesTo("127.0.0.1", "127.0.0.3");
    const { connects } = await checksOf(probeTarget(named("cache.example.test", address.port), {}));
    expect(connects).toMatchObject({
      verdict: "fail",
      severity: "warning",
      figures: { addresses: 2, connected: 1 },
    });
    expect(listIn(connects, "attempts")[1]).toContain("127.0.0.3: ");
    expect(listIn(connects, "attempts")[1]).toContain("connection refused");
  });
});

describe("a node that cannot be reached", () => {
  it("because nothing listens there is reported with the reason", async () => {
    const port = await freePort();
    const { connects, answers } = await checksOf(probeTarget(named("127.0.0.1", port), {}));
    expect(connects).toMatchObject({ verdict: "fail", severity: "warning", figures: { connected: 0 } });
    expect(connects?.figures?.reason).toContain("connection refused");
    expect(answers).toMatchObject({ verdict: "unknown" });
  });

  it("because its name does not resolve", async () => {
    vi.mocked(lookup).mockRejectedValue(Object.assign(new Error("no"), { code: "ENOTFOUND" }));
    const { resolves, connects, answers } = await checksOf(probeTarget(named("cache.example.test", 1), {}));
    expect(resolves).toMatchObject({ verdict: "fail", severity: "warning", evidence: { addresses: [] } });
    expect(resolves?.evidence.reason).toContain("could not be resolved");
    expect(connects).toMatchObject({ verdict: "unknown" });
    expect(answers).toMatchObject({ verdict: "unknown" });
  });

  it("because its name also has a refused address, which gets neither probes nor polls", async () => {
    const server = await startMemcached({ mode: "plain" });
    closing.push(() => server.stop());
    const { address } = server.endpoint;
    if (address.kind !== "tcp") throw new Error("TCP only");
    resolvesTo("127.0.0.1", "169.254.169.254");
    const { resolves, connects, answers } = await checksOf(
      probeTarget(named("cache.example.test", address.port), {}),
    );
    expect(resolves).toMatchObject({ verdict: "fail", figures: { refused: 1, used: null } });
    expect(listIn(resolves, "refused")[0]).toContain("169.254.169.254: a link-local address");
    expect(connects?.evidence.attempts).toHaveLength(1);
    expect(answers).toMatchObject({ verdict: "unknown" });
  });
});

describe("a node that stops answering", () => {
  it("after some requests reports how many were answered", async () => {
    const version = say("VERSION 1.6.18\r\n");
    // One greets, three are measured, the fourth stays without an answer.
    const fake = await startFakeServer({ version: [version, version, version, version, silence] });
    closing.push(() => fake.close());
    const { answers } = await checksOf(probeTarget(fake.endpoint, {}));
    expect(answers).toMatchObject({
      verdict: "fail",
      severity: "warning",
      figures: { requests: 10, answered: 3 },
      evidence: { timeouts: 1, notAsked: 6 },
    });
  });

  it("while it is stopped is not measured", async () => {
    const server = await startMemcached({ mode: "plain" });
    closing.push(() => server.stop());
    await server.freeze();
    const { connects, answers } = await checksOf(probeTarget(server.endpoint, {}));
    server.thaw();
    await sleep(0);
    // The kernel accepts the connection; memcached sends nothing.
    expect(connects).toMatchObject({ verdict: "pass" });
    expect(answers).toMatchObject({ verdict: "unknown" });
  });
});
