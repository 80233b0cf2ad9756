/** A node may report anything. Untrusted text never becomes part of a command, and no text has a password. */
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { SETTINGS } from "@/lib/catalogue/settings";
import { REMEDY_KINDS } from "@/lib/model/findings/finding";
import { type FactsOptions, testFacts } from "@/tests/doubles/node-facts";
import { PLANS, remediesFor } from "./remedies";

/** Figures and evidence that lead to the longest texts. */
const FIGURES: readonly Readonly<Record<string, string | number | null>>[] = [
  {},
  { outcome: "refused", method: "sasl" },
  { method: null },
  { advice: "memory", ageSeconds: 40, unfetchedShare: 0.12 },
  { advice: "expiry", ageSeconds: 40, unfetchedShare: 0.95 },
  { names: "evictions, detail_enabled, slab_reassign, slab_automove, lru_crawler, lru_maintainer_thread" },
  { condition: "udpListens" },
];

/** Every text of every plan. */
function textsOf(options: FactsOptions, drift: ReadonlyMap<string, string> = new Map()): string[] {
  const facts = testFacts(options);
  return [...PLANS.keys()].flatMap((check) =>
    FIGURES.flatMap((figures, index) => {
      const evidence = { offered: index % 2 === 0, port: 11_211 };
      return remediesFor({ check, verdict: "fail", figures, evidence }, facts, () => drift).flatMap(
        ({ text, ja }) => [text, ...(ja?.text === undefined ? [] : [ja.text])],
      );
    }),
  );
}

/** No generated text has other characters; the backtick is not among them. */
const FORBIDDEN = /[^\n -_a-~\u3000-\u30ff\u4e00-\u9fff]/;
const TOKEN = "Zq7Zq";
const hostile = fc.oneof(
  fc.constantFrom(
    `\`${TOKEN}\``,
    `$(${TOKEN})\``,
    `'; ${TOKEN} #\``,
    `"\n${TOKEN}\``,
    `127.0.0.1,\`${TOKEN}\``,
    `/etc/\`${TOKEN}\``,
    `no\n-A ${TOKEN}\``,
    `10.0.0.7:1;${TOKEN}\``,
    `-${TOKEN}\``,
    `%${TOKEN}\u202e`,
    `:${TOKEN}\u0000`,
  ),
  fc.string({ maxLength: 20 }).map((text) => `${text}\`${TOKEN}`),
);

const statements = fc.record({
  settings: fc.dictionary(fc.constantFrom(...SETTINGS.keys()), hostile, { maxKeys: 90, minKeys: 20 }),
  on: fc.subarray(["ssl_enabled", "auth_enabled_sasl", "temp_lru", "detail_enabled"]),
  general: fc.dictionary(fc.constantFrom("version", "extstore_x", "pid", "uptime"), hostile),
  addresses: fc.array(hostile, { maxLength: 5 }),
  version: hostile,
});

describe("remedies for a hostile node", () => {
  it("contain no hostile text in any form", () => {
    fc.assert(
      fc.property(statements, ({ settings, on, general, addresses, version }) => {
        const reported = new Map(Object.entries(settings));
        for (const name of on) reported.set(name, "yes");
        const conns = new Map(
          addresses.flatMap((address, index): [string, string][] => [
            [`${index}:addr`, `tcp:${address}`],
            [`${index}:listen_addr`, `tcp:${address}`],
            [`${index}:state`, index % 2 === 0 ? "conn_listening" : "conn_read"],
          ]),
        );
        const texts = textsOf(
          {
            settings: reported,
            general: new Map(Object.entries(general)),
            conns,
            version,
            memfleet: "10.0.0.99",
          },
          reported,
        );
        const text = [...new Set(texts)].join("\n");
        expect(text).not.toContain(TOKEN);
        expect(FORBIDDEN.exec(text)?.[0]).toBeUndefined();
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it("contain plain values as single words: a shell reads them back unchanged", () => {
    const word = fc.stringMatching(/^\/[A-Za-z0-9_@+=:./-]{1,40}$/);
    fc.assert(
      fc.property(word, word, (authfile, certificate) => {
        const settings = new Map([
          ...[
            ["maxbytes", "67108864"],
            ["tcpport", "11211"],
            ["maxconns", "1024"],
            ["inter", "10.0.0.5,[fd00::5]"],
          ],
          ...[
            ["auth_enabled_ascii", authfile],
            ["ssl_enabled", "yes"],
            ["ssl_chain_cert", certificate],
          ],
        ] as [string, string][]);
        const found = { check: "flush-enabled", verdict: "fail" as const, figures: {}, evidence: {} };
        const remedies = remediesFor(found, testFacts({ settings }), () => new Map());
        const docker = remedies.find((remedy) => remedy.for === "docker")?.text ?? "";
        const script = `docker() { printf '%s\\n' "$@"; }\n${docker}`;
        const words = execFileSync("bash", ["-euc", script], { encoding: "utf8" }).trimEnd().split("\n");
        expect(words[words.indexOf("-Y") + 1]).toBe(authfile);
        expect(words[words.indexOf("-o") + 1]).toBe(`ssl_chain_cert=${certificate}`);
      }),
      { numRuns: 25 },
    );
  });

  it("never contain a password or a user name", () => {
    for (const kind of ["sasl", "ascii"] as const) {
      const credentials = { kind, username: "canary-user", password: "canary-password" };
      const settings = new Map([[kind === "sasl" ? "auth_enabled_sasl" : "auth_enabled_ascii", "yes"]]);
      const texts = textsOf({ credentials, settings });
      expect(texts.length).toBeGreaterThan(100);
      expect(texts.filter((text) => text.includes("canary"))).toEqual([]);
    }
  });

  it("are valid shell lines, YAML and rules of known kinds", () => {
    const settings = new Map([
      ...[
        ["maxbytes", "67108864"],
        ["tcpport", "11211"],
        ["maxconns", "1024"],
        ["inter", "NULL"],
        ["udpport", "11211"],
      ],
    ] as [string, string][]);
    const shells = [
      "docker",
      "sasl",
      "authfile",
      "tls",
      "firewalld",
      "iptables",
      "ufw",
      "security-group",
      "verify",
    ];
    const kinds = new Set<string>();
    for (const host of ["10.0.0.5", "fd00::5", "cache-1.example.net"]) {
      const facts = testFacts({ settings, host, memfleet: "10.0.0.99", conns: null });
      const remedies = [...PLANS.keys()].flatMap((check) =>
        remediesFor({ check, verdict: "fail", figures: {}, evidence: {} }, facts, () => new Map()),
      );
      for (const remedy of remedies) kinds.add(remedy.for);
      const lines = remedies.filter((remedy) => shells.includes(remedy.for)).map(({ text }) => text);
      execFileSync("bash", ["-n"], { input: [...new Set(lines)].join("\n") });
      for (const remedy of remedies)
        if (remedy.for === "compose" || remedy.for === "kubernetes") parse(remedy.text);
    }
    expect([...kinds].sort()).toEqual([...REMEDY_KINDS].sort());
  });
});
