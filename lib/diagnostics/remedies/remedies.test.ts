import { describe, expect, it } from "vitest";
import { type FactsOptions, testFacts } from "@/tests/doubles/node-facts";
import { listenChange } from "./plans/exposure";
import { PLANS, remediesFor } from "./remedies";

const NO_DRIFT = () => new Map<string, string>();

function remedies(check: string, options: FactsOptions = {}, figures = {}, evidence = {}) {
  return remediesFor({ check, verdict: "fail", figures, evidence }, testFacts(options), NO_DRIFT);
}

const textFor = (kind: string, ...args: Parameters<typeof remedies>) =>
  remedies(...args).find((remedy) => remedy.for === kind)?.text ?? "";

const settings = (rows: Record<string, string>) =>
  new Map(Object.entries({ maxbytes: "67108864", maxconns: "1024", tcpport: "11211", ...rows }));

/** A node that listens everywhere, with these clients at these addresses of its own. */
function conns(...clients: [from: string, to: string][]): Map<string, string> {
  const rows: [string, string][] = [
    ["1:addr", "tcp:0.0.0.0:11211"],
    ["1:state", "conn_listening"],
  ];
  clients.forEach(([from, to], index) => {
    rows.push([`${index + 2}:addr`, `tcp:${from}:40000`], [`${index + 2}:listen_addr`, `tcp:${to}:11211`]);
    rows.push([`${index + 2}:state`, "conn_read"]);
  });
  return new Map(rows);
}

describe("remedies", () => {
  it("exist for every check that can fail", () => {
    expect([...PLANS.keys()].sort()).toEqual(
      [
        ...[
          "udp-answers",
          "listens",
          "sign-in-needed",
          "wrong-credentials-refused",
          "no-credentials-refused",
        ],
        ...[
          "credentials-work",
          "sign-in-encrypted",
          "tls-offered",
          "tls-certificate",
          "tls-expiry",
          "tls-name",
        ],
        ...["tls-udp-clear", "version-floor", "advisory", "memory-default", "verbosity", "shutdown-command"],
        ...["flush-enabled", "dump-enabled", "maxconns", "idle-timeout", "clock-skew", "drift", "options"],
        ...["evictions", "out-of-memory", "connections-use", "slow", "restarts", "listener-disabled"],
        ...["round-trip", "resolves", "connects", "answers"],
      ].sort(),
    );
  });

  it("begin with the action, and the cost of a restart if one is needed", () => {
    const [explanation, cost] = remedies("idle-timeout", { settings: settings({ idle_timeout: "0" }) });
    expect(explanation?.for).toBe("explanation");
    expect(cost).toMatchObject({ for: "cost", text: expect.stringContaining("2500 items") });
    // 1,000 gets a second, 80 % of them hits.
    expect(cost?.text).toContain("About 800 hits/s");
    expect(remedies("clock-skew").map((remedy) => remedy.for)).toEqual(["explanation", "verify"]);
  });

  it("are none for unknown verdicts, except for missing credentials", () => {
    const unknown = (check: string) =>
      remediesFor(
        { check, verdict: "unknown", figures: { method: null }, evidence: {} },
        testFacts(),
        NO_DRIFT,
      );
    expect(unknown("listens")).toEqual([]);
    expect(unknown("not-asked")).toEqual([]);
    expect(unknown("credentials-work").map((remedy) => remedy.for)).toEqual([
      "explanation",
      "cost",
      "sasl",
      "verify",
    ]);
  });

  it("write the memo's line for a node that listens everywhere with UDP on", () => {
    const node = {
      settings: settings({ inter: "NULL", udpport: "11211" }),
      conns: conns(["10.0.0.7", "10.0.0.5"]),
    };
    const text = textFor("sysconfig", "udp-answers", { ...node, version: "1.5.5" }, {}, { port: 11211 });
    expect(text).toContain('\nOPTIONS="-l 127.0.0.1,10.0.0.5 -U 0"\n');
    expect(text).toContain("# changed: -U 0 (was -U 11211)");
    expect(text).toContain("# added: -l 127.0.0.1,10.0.0.5");
    expect(text).toContain("the user (-u)");
  });

  it("show only the changes when a node does not report its settings", () => {
    const kinds = remedies("udp-answers", {}, {}, { port: 11211 }).map((remedy) => remedy.for);
    expect(kinds.slice(0, 4)).toEqual(["explanation", "cost", "sysconfig", "debian"]);
    expect(kinds).not.toContain("docker");
    expect(textFor("sysconfig", "udp-answers")).toContain("keep the existing options");
  });

  it("advise memory only if age and use of the evicted items justify it", () => {
    const node = { settings: settings({}) };
    const figures = (advice: string) => ({ advice, ageSeconds: 40, unfetchedShare: 0.1 });
    expect(textFor("sysconfig", "evictions", node, figures("memory"))).toContain('CACHESIZE="128"');
    expect(textFor("explanation", "evictions", node, figures("memory"))).toMatch(/40 s earlier.*10%/);
    expect(remedies("evictions", node, figures("expiry")).map((remedy) => remedy.for)).toEqual([
      "explanation",
    ]);
    expect(remedies("evictions", node, figures("none")).map((remedy) => remedy.for)).toEqual(["explanation"]);
  });

  it("offer TLS and an authfile only to versions that have them", () => {
    const offered = (version: string) =>
      remedies("tls-offered", { version, settings: settings({ ssl_enabled: "no" }) }, {}, { offered: false });
    expect(offered("1.5.12").map((remedy) => remedy.for)).toEqual(["explanation", "verify"]);
    const text = offered("1.6.18").find((remedy) => remedy.for === "sysconfig")?.text;
    expect(text).toContain(
      "-Z -o ssl_chain_cert=/etc/memcached/tls/cert.pem,ssl_key=/etc/memcached/tls/key.pem",
    );
    const kinds = remedies("sign-in-needed", { version: "1.4.25" }).map((remedy) => remedy.for);
    expect(kinds).toContain("sasl");
    expect(kinds).not.toContain("authfile");
  });

  it("have no firewall for a node that is reachable from its own host only", () => {
    const local = new Map([
      ["1:addr", "tcp:127.0.0.1:11211"],
      ["1:state", "conn_listening"],
    ]);
    const kinds = remedies("sign-in-needed", { host: "127.0.0.1", conns: local }).map((remedy) => remedy.for);
    expect(kinds).not.toContain("firewalld");
  });
});

describe("where to listen instead", () => {
  const rows: readonly [string, FactsOptions, string][] = [
    ["the configured address", { settings: settings({ inter: "NULL" }) }, "127.0.0.1,10.0.0.5"],
    [
      "the private addresses that clients use",
      {
        host: "cache.example.net",
        settings: settings({ inter: "NULL" }),
        conns: conns(["10.1.0.7", "10.1.0.1"]),
      },
      "127.0.0.1,10.1.0.1",
    ],
    [
      "what was listed and is not wide",
      { settings: settings({ inter: "0.0.0.0,10.2.0.1" }) },
      "127.0.0.1,10.2.0.1",
    ],
    ["no public address", { settings: settings({ inter: "127.0.0.1,198.51.100.7" }) }, "127.0.0.1,10.0.0.5"],
    ["IPv6", { host: "fd00::5", settings: settings({ inter: "::" }) }, "127.0.0.1,fd00::5"],
    ["loopback, without remote clients", { host: "127.0.0.1", settings: settings({}) }, "127.0.0.1"],
    ["a placeholder, when no private address is known", { host: "198.51.100.7" }, "127.0.0.1,PRIVATE_IP"],
  ];

  it.each(rows)("is %s", (_, options, expected) => {
    expect(listenChange(testFacts(options))).toEqual([{ option: "-l", to: expected }]);
  });

  it("is empty for a node on a unix socket", () => {
    expect(listenChange(testFacts({ settings: settings({ domain_socket: "/run/m.sock" }) }))).toEqual([]);
  });
});

describe("remedies in Japanese", () => {
  /** Titles that are names, in any language. */
  const NAMES = ["RHEL, CentOS, Fedora", "Debian, Ubuntu", "docker run", "compose.yaml", "ufw"];
  const JAPANESE = /[\u3040-\u30ff\u4e00-\u9fff]/;
  const contexts: readonly [FactsOptions, object, object][] = [
    [{ settings: settings({ udpport: "11211", evictions: "off", memory_file: "/mnt/x" }) }, {}, {}],
    [{ settings: settings({}), version: "1.5.5" }, { method: null }, { offered: true }],
    [{ settings: settings({}) }, { outcome: "refused", advice: "memory", ageSeconds: 4 }, { port: 11211 }],
    [
      { tls: { insecureSkipVerify: false } },
      { advice: "expiry", unfetchedShare: 0.9, condition: "dumpEnabled" },
      { offered: true },
    ],
    ...["udpListens", "binaryReachable", "sasl"].map((condition): [FactsOptions, object, object] => [
      {},
      { condition },
      {},
    ]),
  ];

  it("have every title and every prose text", () => {
    for (const check of PLANS.keys()) {
      for (const [options, figures, evidence] of contexts) {
        for (const { for: kind, title, ja } of remedies(check, options, figures, evidence)) {
          const where = `${check}, ${kind}: ${title}`;
          expect(ja, where).toBeDefined();
          if (!NAMES.includes(title)) expect(ja?.title, where).toMatch(JAPANESE);
          if (kind !== "explanation" && kind !== "cost") continue;
          expect(ja?.text, where).toMatch(JAPANESE);
          expect(ja?.text, where).not.toMatch(/\b(?:the|is|are|with)\b/);
        }
      }
    }
  });
});
