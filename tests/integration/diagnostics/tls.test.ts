/** The TLS probe against real servers with good and bad certificates, and against servers that speak no TLS. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Check, ProbeTarget } from "@/lib/diagnostics/contract";
import { tls } from "@/lib/diagnostics/probes/tls/probe";
import type { NodeEndpoint, NodeTls } from "@/lib/memcached/contract";
import { DAY_MS } from "@/lib/model/time";
import { type Script, startFakeServer } from "@/tests/doubles/fake-server";
import { probeContext, probeTarget } from "../../doubles/probe-target";
import { type CertificateAuthority, makeAuthority } from "../../servers/certificates";
import { freePort } from "../../servers/free-port";
import { startMemcached } from "../../servers/memcached";
import { rawText, statLines } from "../../servers/raw-text";
import { rawUdp } from "../../servers/udp";

let authority: CertificateAuthority;
beforeAll(async () => {
  authority = await makeAuthority();
});
afterAll(() => authority.remove());

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const daysFromNow = (days: number) => new Date(Date.now() + days * DAY_MS);
const VALID = { from: daysFromNow(-1), to: daysFromNow(90) };

async function checksOf(target: ProbeTarget): Promise<Record<string, Check>> {
  closing.push(() => target.client.close());
  const checks = await tls.run(target, probeContext());
  return Object.fromEntries(checks.map((check) => [check.check, check]));
}

async function tlsNode(
  name: string,
  altNames: string,
  valid: { from: Date; to: Date },
  { args = [] as readonly string[], options = "", more = {} as Partial<NodeTls>, host = "127.0.0.1" } = {},
): Promise<NodeEndpoint> {
  const { certPath, keyPath } = await authority.issue(name, altNames, valid);
  const server = await startMemcached({
    mode: "plain",
    args: ["-Z", "-o", `ssl_chain_cert=${certPath},ssl_key=${keyPath}${options}`, ...args],
  });
  closing.push(() => server.stop());
  const { address } = server.endpoint;
  if (address.kind !== "tcp") throw new Error("TLS over TCP only");
  return {
    ...server.endpoint,
    address: { ...address, host },
    tls: { ca: authority.ca, insecureSkipVerify: false, ...more },
  };
}

describe("a node with -Z", () => {
  it("passes with a valid certificate; session and chain match openssl's", async () => {
    const endpoint = await tlsNode("good", "DNS:localhost,IP:127.0.0.1", VALID);
    const checks = await checksOf(probeTarget(endpoint));
    expect(Object.keys(checks)).toEqual([
      "tls-offered",
      "tls-certificate",
      "tls-expiry",
      "tls-name",
      "tls-udp-clear",
    ]);
    for (const check of Object.values(checks))
      expect(check).toMatchObject({ verdict: "pass", severity: "ok" });
    const output = await sClient(endpoint);
    expect(checks["tls-offered"]?.evidence.protocol).toBe(
      /Protocol\s*: (\S+)|New, (TLSv[\d.]+),/.exec(output)?.[2],
    );
    expect(checks["tls-offered"]?.evidence.cipher).toBe(/Cipher is (\S+)/.exec(output)?.[1]);
    expect(checks["tls-expiry"]?.evidence.daysLeft).toBe(89);
    expect(checks["tls-certificate"]?.evidence).toMatchObject({ untrusted: null, verificationOff: false });
    expect(checks["tls-certificate"]?.evidence.chain).toContain("0 s: CN=good");
    expect(checks["tls-certificate"]?.evidence.chain).toContain("  i: CN=Test CA");
    expect(checks["tls-name"]?.evidence.names).toEqual(["DNS:localhost", "IP Address:127.0.0.1"]);
  });

  it("must match the configured server name, or its host name without one", async () => {
    const named = await tlsNode("named", "DNS:cache.example.test", VALID, {
      more: { servername: "cache.example.test" },
    });
    expect((await checksOf(probeTarget(named)))["tls-name"]).toMatchObject({
      verdict: "pass",
      evidence: { host: "cache.example.test" },
    });
    const byHost = await tlsNode("host", "DNS:localhost", VALID, { host: "localhost" });
    expect((await checksOf(probeTarget(byHost)))["tls-name"]).toMatchObject({
      verdict: "pass",
      evidence: { host: "localhost" },
    });
  });

  it("fails as critical with an expired certificate, and with one that is not valid yet", async () => {
    const expired = await tlsNode("expired", "IP:127.0.0.1", {
      from: daysFromNow(-60),
      to: daysFromNow(-10),
    });
    const checks = await checksOf(probeTarget(expired, {}));
    expect(checks["tls-expiry"]).toMatchObject({ verdict: "fail", severity: "critical" });
    expect(checks["tls-expiry"]?.title).toContain("Certificate expired: it was valid until ");
    expect(checks["tls-certificate"]).toMatchObject({
      verdict: "fail",
      severity: "warning",
      evidence: { untrusted: "CERT_HAS_EXPIRED" },
    });
    expect(checks["tls-name"]).toMatchObject({ verdict: "pass" });
    const early = await tlsNode("early", "IP:127.0.0.1", { from: daysFromNow(2), to: daysFromNow(60) });
    const earlyChecks = await checksOf(probeTarget(early, {}));
    expect(earlyChecks["tls-expiry"]).toMatchObject({ verdict: "fail", severity: "critical" });
    expect(earlyChecks["tls-certificate"]?.evidence.untrusted).toBe("CERT_NOT_YET_VALID");
  });

  it.each([
    [8, "fail", "warning"],
    [20, "fail", "info"],
    [31, "pass", "ok"],
  ])("whose certificate ends in %i days: %s, %s", async (days, verdict, severity) => {
    const to = new Date(daysFromNow(days).getTime() + DAY_MS / 2);
    const endpoint = await tlsNode(`days${days}`, "IP:127.0.0.1", { from: daysFromNow(-1), to });
    expect((await checksOf(probeTarget(endpoint, {})))["tls-expiry"]).toMatchObject({
      verdict,
      severity,
      evidence: { daysLeft: days },
    });
  });

  it("fails only on the name with a certificate for another host", async () => {
    const endpoint = await tlsNode("other", "DNS:other.example.test", VALID);
    const checks = await checksOf(probeTarget(endpoint, {}));
    expect(checks["tls-name"]).toMatchObject({
      verdict: "fail",
      severity: "warning",
      evidence: { host: "127.0.0.1", matches: false, names: ["DNS:other.example.test"] },
    });
    expect(checks["tls-certificate"]).toMatchObject({ verdict: "pass", severity: "ok" });
  });

  it("fails only on trust with an authority that is not configured, even without verification", async () => {
    const endpoint = await tlsNode("stranger", "IP:127.0.0.1", VALID, {
      more: { ca: undefined, insecureSkipVerify: true },
    });
    const checks = await checksOf(probeTarget(endpoint));
    expect(checks["tls-certificate"]).toMatchObject({ verdict: "fail", severity: "warning" });
    expect(checks["tls-certificate"]?.evidence.untrusted).toMatch(/^UNABLE_TO_/);
    expect(checks["tls-name"]).toMatchObject({ verdict: "pass" });
  });

  it("is reported when verification is disabled without need", async () => {
    const endpoint = await tlsNode("skipped", "IP:127.0.0.1", VALID, { more: { insecureSkipVerify: true } });
    expect((await checksOf(probeTarget(endpoint)))["tls-certificate"]).toMatchObject({
      verdict: "pass",
      severity: "info",
      evidence: { verificationOff: true },
    });
  });

  it("shows its certificate even if it requires one from clients", async () => {
    const endpoint = await tlsNode("mutual", "IP:127.0.0.1", VALID, {
      options: `,ssl_verify_mode=2,ssl_ca_cert=${authority.caPath}`,
    });
    expect((await checksOf(probeTarget(endpoint, {})))["tls-name"]).toMatchObject({ verdict: "pass" });
  });

  it("and -U answers UDP in plaintext, which follows from its settings", async () => {
    const port = await freePort();
    const endpoint = await tlsNode("udp", "IP:127.0.0.1", VALID, { args: ["-U", String(port)] });
    const checks = await checksOf(probeTarget(endpoint));
    expect(checks["tls-udp-clear"]).toMatchObject({
      verdict: "fail",
      severity: "warning",
      evidence: { udpportSetting: port },
    });
    // What the finding claims of memcached, checked with a bare client.
    expect(Buffer.concat(await rawUdp(port, "version")).toString("latin1")).toContain("VERSION 1.");
  });
});

describe("a node configured without TLS", () => {
  it("is not affected by the handshake, and replies with something that is not TLS", async () => {
    const server = await startMemcached({ mode: "plain" });
    closing.push(() => server.stop());
    const before = statLines(await rawText(server.endpoint, "stats\r\n"));
    for (let i = 0; i < 20; i++) {
      const checks = await checksOf(probeTarget(server.endpoint));
      expect(Object.keys(checks)).toEqual(["tls-offered"]);
      expect(checks["tls-offered"]).toMatchObject({
        verdict: "not-applicable",
        severity: "ok",
        evidence: { offered: false, how: "other" },
      });
    }
    const after = statLines(await rawText(server.endpoint, "stats\r\n"));
    expect(after.get("pid")).toBe(before.get("pid"));
    for (const counter of ["cmd_get", "cmd_set", "cmd_flush", "cmd_touch", "curr_items", "total_items"])
      expect([counter, after.get(counter)]).toEqual([counter, before.get(counter)]);
  });

  it("beyond loopback gets a finding that everything is readable", async () => {
    const server = await startMemcached({ mode: "plain" });
    closing.push(() => server.stop());
    const settings = new Map([
      ["inter", "10.0.0.1"],
      ["tcpport", "11211"],
      ["udpport", "0"],
    ]);
    const checks = await checksOf(probeTarget(server.endpoint, { settings }));
    expect(checks["tls-offered"]).toMatchObject({ verdict: "fail", severity: "info" });
  });

  it("that speaks TLS is distinguished", async () => {
    const endpoint = await tlsNode("surprise", "IP:127.0.0.1", VALID);
    const checks = await checksOf(probeTarget({ ...endpoint, tls: null }, {}));
    expect(checks["tls-offered"]).toMatchObject({
      verdict: "fail",
      severity: "warning",
      evidence: { offered: true },
    });
  });

  it("on a unix socket has nothing to encrypt", async () => {
    const server = await startMemcached({ mode: "unix" });
    closing.push(() => server.stop());
    expect((await checksOf(probeTarget(server.endpoint)))["tls-offered"]).toMatchObject({
      verdict: "not-applicable",
    });
  });
});

describe("a server that does not speak TLS as expected", () => {
  async function fakeNode(script: Script, config: NodeTls | null = null): Promise<Check | undefined> {
    const fake = await startFakeServer(script);
    // The greeting is no command that a script could know.
    closing.push(() => fake.close().catch(() => undefined));
    return (await checksOf(probeTarget({ ...fake.endpoint, tls: config }, {})))["tls-offered"];
  }

  it("never has its bytes shown", async () => {
    const check = await fakeNode({
      connect: (socket) => void socket.write("SSH-2.0-secret-banner\r\n"),
    });
    expect(check?.evidence).toMatchObject({ offered: false });
    expect(JSON.stringify(check)).not.toContain("secret");
  });

  it("closes the connection: TLS is not offered", async () => {
    const check = await fakeNode({ connect: (socket) => void socket.end() }, { insecureSkipVerify: false });
    expect(check).toMatchObject({ verdict: "fail", severity: "warning", evidence: { how: "closed" } });
  });

  it("stays silent: whether it offers TLS is not known", async () => {
    const frozen = await startMemcached({ mode: "plain" });
    closing.push(() => frozen.stop());
    await frozen.freeze();
    const check = (await checksOf(probeTarget(frozen.endpoint, {})))["tls-offered"];
    frozen.thaw();
    expect(check).toMatchObject({ verdict: "unknown", evidence: { offered: null, how: "silent" } });
  });

  it("is down: nothing is judged", async () => {
    const port = await freePort();
    const endpoint: NodeEndpoint = {
      id: `127.0.0.1:${port}`,
      address: { kind: "tcp", host: "127.0.0.1", port },
      protocol: "auto",
      credentials: null,
      tls: null,
    };
    await expect(tls.run(probeTarget(endpoint, {}), probeContext())).rejects.toMatchObject({
      name: "NodeError",
      reason: "connectionRefused",
    });
  });
});

async function sClient({ address }: NodeEndpoint): Promise<string> {
  if (address.kind !== "tcp") throw new Error("TCP only");
  const run = promisify(execFile)("openssl", ["s_client", "-connect", `${address.host}:${address.port}`], {
    timeout: 10_000,
  });
  run.child.stdin?.end();
  return (await run).stdout;
}
