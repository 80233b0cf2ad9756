/** Who is let in, found out on real servers in every mode. */
import { readFile } from "node:fs/promises";
import { afterEach, describe, expect, it } from "vitest";
import type { Check, ProbeTarget } from "@/lib/diagnostics/contract";
import { authentication } from "@/lib/diagnostics/probes/authentication/probe";
import type { NodeEndpoint } from "@/lib/memcached/contract";
import { hangUp, say, silence } from "@/tests/doubles/fake-reactions";
import { type Script, startFakeServer } from "@/tests/doubles/fake-server";
import { probeContext, probeTarget } from "../../doubles/probe-target";
import { makeAuthority } from "../../servers/certificates";
import { freePort } from "../../servers/free-port";
import { independentStats } from "../../servers/independent-stats";
import { type MemcachedMode, type MemcachedServer, startMemcached } from "../../servers/memcached";
import { rawText } from "../../servers/raw-text";
import { PASSWORD, USERNAME } from "../../servers/secrets";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function start(mode: MemcachedMode, args: readonly string[] = []): Promise<MemcachedServer> {
  const server = await startMemcached({ mode, args });
  closing.push(() => server.stop());
  return server;
}

async function checksOf(target: ProbeTarget): Promise<Record<string, Check>> {
  closing.push(() => target.client.close());
  const checks = await authentication.run(target, probeContext());
  // No password is revealed in any case.
  expect(JSON.stringify(checks)).not.toContain(PASSWORD);
  return Object.fromEntries(checks.map((check) => [check.check, check]));
}

const verdicts = (checks: Record<string, Check>) =>
  Object.fromEntries(
    Object.values(checks).map(({ check, verdict, severity }) => [check, `${verdict} ${severity}`]),
  );

/** Settings of a node that reports this listener. */
const listensOn = (inter: string) => ({
  settings: new Map([
    ["inter", inter],
    ["tcpport", "11211"],
    ["udpport", "0"],
  ]),
});

/** The made-up name and password are of one length: 31 and 32 characters with a blank between them. */
const SET = "set auth 0 0 64";

describe("a node that requires a sign-in", () => {
  it.each(["sasl", "authfile"] as const)("by %s passes, but sends the password readable", async (mode) => {
    const { endpoint } = await start(mode);
    const checks = await checksOf(probeTarget(endpoint));
    expect(verdicts(checks)).toEqual({
      "sign-in-needed": "pass ok",
      "no-credentials-refused": "pass ok",
      "wrong-credentials-refused": "pass ok",
      "credentials-work": "pass ok",
      "sign-in-encrypted": "fail info",
    });
    expect(checks["sign-in-needed"]?.evidence).toMatchObject({
      method: mode,
      mechanisms: mode === "sasl" ? ["PLAIN"] : [],
      exposure: "loopback",
      transcript:
        mode === "sasl"
          ? "> SASL list mechanisms\n< PLAIN\n> noop\n< status 0x20"
          : "> version\n< CLIENT_ERROR unauthenticated",
    });
  });

  it("causes exactly one failed sign-in per run", async () => {
    const { endpoint } = await start("sasl");
    const before = await independentStats(endpoint, "binary");
    await checksOf(probeTarget(endpoint));
    const after = await independentStats(endpoint, "binary");
    const grown = (name: string) => Number(after.get(name)) - Number(before.get(name));
    expect(grown("auth_errors")).toBe(1);
    // The right ones: this run's positive test, the statements of the double, memcstat itself.
    expect(grown("auth_cmds")).toBeGreaterThanOrEqual(2);
  });

  it("by authfile stores nothing while it is tested", async () => {
    const { endpoint } = await start("authfile");
    for (let i = 0; i < 3; i++) await checksOf(probeTarget(endpoint));
    const stats = await independentStats(endpoint, "text");
    expect([stats.get("curr_items"), stats.get("total_items")]).toEqual(["0", "0"]);
  });

  it.each(["10.0.0.1", "NULL"])("without TLS on %s is a warning", async (inter) => {
    const { endpoint } = await start("sasl");
    const checks = await checksOf(probeTarget(endpoint, listensOn(inter)));
    expect(checks["sign-in-encrypted"]).toMatchObject({ verdict: "fail", severity: "warning" });
  });

  it("fails separately on wrong configured credentials", async () => {
    for (const mode of ["sasl", "authfile"] as const) {
      const { endpoint } = await start(mode);
      const credentials = {
        kind: mode === "sasl" ? "sasl" : "ascii",
        username: USERNAME,
        password: "x",
      } as const;
      const checks = await checksOf(probeTarget({ ...endpoint, credentials }, {}));
      expect(verdicts(checks)).toMatchObject({
        "no-credentials-refused": "pass ok",
        "wrong-credentials-refused": "pass ok",
        "credentials-work": "fail warning",
      });
    }
  });

  it("cannot be judged without configured credentials", async () => {
    const { endpoint } = await start("sasl");
    const checks = await checksOf(probeTarget({ ...endpoint, credentials: null }, {}));
    expect(checks["credentials-work"]).toMatchObject({ verdict: "unknown", severity: "info" });
    expect(checks["no-credentials-refused"]).toMatchObject({ verdict: "pass" });
  });
});

describe("an authfile node of a newer version", () => {
  it("closes the connection on binary packets and is recognised by its text reply", async () => {
    const fake = await startFakeServer({
      "binary 11": hangUp(),
      version: say("CLIENT_ERROR unauthenticated\r\n"),
      [SET]: say("CLIENT_ERROR authentication failure\r\n"),
    });
    closing.push(() => fake.close());
    const checks = await checksOf(probeTarget({ ...fake.endpoint, protocol: "auto" }, {}));
    expect(checks["sign-in-needed"]).toMatchObject({ verdict: "pass", figures: { method: "authfile" } });
    expect(checks["wrong-credentials-refused"]).toMatchObject({ verdict: "pass" });
  });
});

describe("a node without sign-in", () => {
  it.each(["plain", "ascii", "binary", "unix", "tls"] as const)(
    "%s is reported, and stores no item",
    async (mode) => {
      const { endpoint } = await start(mode);
      const checks = await checksOf(probeTarget(endpoint));
      expect(verdicts(checks)).toEqual({
        "sign-in-needed": "fail info",
        "no-credentials-refused": "not-applicable ok",
        "wrong-credentials-refused": "not-applicable ok",
        "credentials-work": "not-applicable ok",
        "sign-in-encrypted": "not-applicable ok",
      });
      if (mode === "binary" || mode === "tls") return;
      expect(await rawText(endpoint, "stats\r\n")).toContain("STAT total_items 0\r\n");
    },
  );

  it.each([
    ["10.0.0.1", "warning"],
    ["8.8.8.8", "critical"],
    ["NULL", "critical"],
  ])("on %s is %s", async (inter, severity) => {
    const { endpoint } = await start("plain");
    const checks = await checksOf(probeTarget(endpoint, listensOn(inter)));
    expect(checks["sign-in-needed"]).toMatchObject({ verdict: "fail", severity });
  });

  it.each(["sasl", "ascii"] as const)("is never given the configured %s password", async (kind) => {
    const { endpoint } = await start("plain");
    const credentials = { kind, username: USERNAME, password: PASSWORD };
    const checks = await checksOf(probeTarget({ ...endpoint, credentials }, {}));
    expect(checks["credentials-work"]).toMatchObject({
      verdict: "fail",
      severity: "info",
      evidence: { outcome: "not-asked" },
    });
    const stats = await rawText(endpoint, "stats\r\n");
    expect(stats).toContain("STAT total_items 0\r\n");
    expect(stats).toContain("STAT cmd_set 0\r\n");
  });

  it("but wants a TLS certificate of its clients, passes", async () => {
    const authority = await makeAuthority();
    closing.push(() => authority.remove());
    const valid = { from: new Date(Date.now() - 3_600_000), to: new Date(Date.now() + 86_400_000) };
    const server = await authority.issue("server", "IP:127.0.0.1", valid);
    const client = await authority.issue("client", "DNS:client", valid);
    const { endpoint } = await start("plain", [
      "-Z",
      "-o",
      `ssl_chain_cert=${server.certPath},ssl_key=${server.keyPath},ssl_verify_mode=2,ssl_ca_cert=${authority.caPath}`,
    ]);
    const tls = {
      ca: authority.ca,
      cert: await readFile(client.certPath, "utf8"),
      key: await readFile(client.keyPath, "utf8"),
      insecureSkipVerify: false,
    };
    const checks = await checksOf(probeTarget({ ...endpoint, tls }));
    expect(checks["sign-in-needed"]).toMatchObject({
      verdict: "pass",
      severity: "ok",
      figures: { method: "certificate" },
      evidence: { clientCertificates: true },
    });
  });
});

describe("a node that cannot be read", () => {
  it("because it is down is not mistaken for one that refuses", async () => {
    const port = await freePort();
    const endpoint: NodeEndpoint = {
      id: `127.0.0.1:${port}`,
      address: { kind: "tcp", host: "127.0.0.1", port },
      protocol: "auto",
      credentials: null,
      tls: null,
    };
    await expect(authentication.run(probeTarget(endpoint, {}), probeContext())).rejects.toMatchObject({
      name: "NodeError",
      reason: "connectionRefused",
    });
  });

  it.each([
    ["hangs up", { "binary 11": hangUp(), version: hangUp() }, "connectionClosed"],
    ["never answers", { "binary 11": silence }, "replyTimeout"],
    ["is not memcached", { "binary 11": say("HTTP/1.1 400 Bad Request\r\n\r\n") }, "notMemcached"],
  ] as [string, Script, string][])("because it %s is not judged", async (_, script, reason) => {
    const fake = await startFakeServer(script);
    closing.push(() => fake.close());
    const target = probeTarget({ ...fake.endpoint, protocol: "auto" }, {});
    await expect(authentication.run(target, probeContext())).rejects.toMatchObject({ reason });
  });
});

describe("a node with false replies", () => {
  it("accepting any password fails as critical where others can reach it", async () => {
    const sent: string[] = [];
    const fake = await startFakeServer({
      "binary 11": say("CLIENT_ERROR unauthenticated\r\n"),
      version: [
        say("CLIENT_ERROR unauthenticated\r\n"),
        say("CLIENT_ERROR unauthenticated\r\n"),
        say("VERSION 1\r\n"),
      ],
      [SET]: (socket, request) => {
        sent.push(request.toString("latin1"));
        socket.write("STORED\r\n");
      },
    });
    closing.push(() => fake.close().catch(() => undefined));
    const checks = await checksOf(probeTarget({ ...fake.endpoint, protocol: "auto" }, listensOn("NULL")));
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatch(/^set auth 0 0 64\r\nmemfleet-check-[0-9a-f]{16} [0-9a-f]{32}\r\n$/);
    expect(checks["wrong-credentials-refused"]).toMatchObject({ verdict: "fail", severity: "critical" });
  });
});
