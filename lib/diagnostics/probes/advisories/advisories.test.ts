import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { capture, statLines } from "@/tests/doubles/captures";
import { ADVISORIES } from "./advisories";
import { conditionOf } from "./conditions";
import { judgeAdvisories } from "./probe";
import { isBefore, parseUpstreamVersion, type UpstreamVersion } from "./upstream-version";

function group(version: string, name: string): Map<string, string> {
  return new Map(statLines(capture(version, name).toString("latin1")));
}

function captured(version: string, settings: Record<string, string> = {}) {
  const general = group(version, "stats");
  return { general, settings: new Map([...group(version, "stats-settings"), ...Object.entries(settings)]) };
}

function verdicts(stats: Parameters<typeof judgeAdvisories>[0], lastVersion: string | null = null) {
  return Object.fromEntries(
    judgeAdvisories(stats, lastVersion).map(({ check, verdict }) => [
      check.replace("advisory:", ""),
      verdict,
    ]),
  );
}

describe("advisories", () => {
  it("are judged for 1.4.25 by its captured options", () => {
    expect(verdicts(captured("1.4.25"))).toEqual({
      "version-floor": "fail",
      "cve-2016-8704-8705-8706": "fail",
      "cve-2018-1000127": "fail",
      "cve-2017-9951": "fail",
      "cve-2018-1000115": "not-applicable",
      "cve-2019-15026": "not-applicable",
      "udp-bypasses-sasl": "not-applicable",
      "cve-2021-37519": "not-applicable",
      "cve-2023-46852": "not-applicable",
      "cve-2023-46853": "not-applicable",
      "metadump-closed-early": "not-applicable",
      "cve-2026-47783": "not-applicable",
      "security-release": "fail",
      "authfile-switched-off-by-listener-prefix": "not-applicable",
      "dump-buffer-overflow": "not-applicable",
      "fixes-after-1-6-44": "fail",
    });
  });

  it("are judged for 1.6.9 by its captured options", () => {
    expect(verdicts(captured("1.6.9"))).toEqual({
      "version-floor": "fail",
      "cve-2021-37519": "not-applicable",
      "stats-extstore": "fail",
      "cve-2023-46852": "not-applicable",
      "cve-2023-46853": "not-applicable",
      "metadump-closed-early": "fail",
      "cve-2026-47783": "not-applicable",
      "binary-set-too-large-while-mutations-are-watched": "unknown",
      "security-release": "fail",
      "authfile-switched-off-by-listener-prefix": "not-applicable",
      "dump-buffer-overflow": "fail",
      "fixes-after-1-6-44": "fail",
    });
  });

  it("about text commands do not apply to a node that takes none", () => {
    const binary = verdicts(captured("1.6.9", { binding_protocol: "binary", auth_enabled_sasl: "yes" }));
    expect(binary).toMatchObject({
      "stats-extstore": "not-applicable",
      "metadump-closed-early": "not-applicable",
      "binary-set-too-large-while-mutations-are-watched": "not-applicable",
      "dump-buffer-overflow": "not-applicable",
      "security-release": "fail",
      "cve-2026-47783": "fail",
    });
    const [, , extstore] = judgeAdvisories(captured("1.6.9", { binding_protocol: "binary" }), null);
    expect(extstore?.title).toContain("only if text commands are accepted, which is not the case");
    const old = verdicts(captured("1.5.5", { binding_protocol: "binary", domain_socket: "/run/m.sock" }));
    expect(old).toMatchObject({ "cve-2019-11596": "not-applicable", "cve-2019-15026": "not-applicable" });
  });

  it.each(["37.0.0 mcrouter", "UNKNOWN", "df-v1.14.0", "2.2.0"])(
    "grant %s no pass of the floor",
    (version) => {
      const checks = judgeAdvisories({ general: new Map([["version", version]]), settings: new Map() }, null);
      expect(checks).toHaveLength(1);
      expect(checks[0]).toMatchObject({ check: "version-floor", verdict: "unknown", figures: { version } });
      expect(checks[0]?.title).toMatch(/version unknown/);
    },
  );

  it("follow the options of 1.5.5: UDP, SASL, a unix socket", () => {
    const open = { udpport: "11211", auth_enabled_sasl: "yes" };
    expect(verdicts(captured("1.5.5", open))).toMatchObject({
      "cve-2018-1000115": "fail",
      "udp-bypasses-sasl": "fail",
      "cve-2019-11596": "fail",
      "cve-2026-47783": "fail",
      "cve-2021-37519": "not-applicable",
    });
    expect(verdicts(captured("1.5.5", { ...open, domain_socket: "/run/m.sock" }))).toMatchObject({
      "cve-2018-1000115": "not-applicable",
      "udp-bypasses-sasl": "not-applicable",
      "cve-2019-15026": "fail",
    });
  });

  it("have no finding for the version floor itself", () => {
    const current = {
      general: new Map([["version", "1.6.45"]]),
      settings: group("1.6.18", "stats-settings"),
    };
    expect(verdicts(current)).toEqual({ "version-floor": "pass" });
  });

  it("are unknown when the node does not report its options", () => {
    const found = judgeAdvisories({ general: new Map([["version", "1.6.18"]]), settings: null }, null);
    const byVerdict = (verdict: string) =>
      found.filter((result) => result.verdict === verdict).map(({ check }) => check);
    expect(byVerdict("fail")).toEqual([
      "version-floor",
      "advisory:security-release",
      "advisory:fixes-after-1-6-44",
    ]);
    expect(byVerdict("unknown")).toEqual([
      "advisory:metadump-closed-early",
      "advisory:cve-2026-47783",
      "advisory:binary-set-too-large-while-mutations-are-watched",
      "advisory:authfile-switched-off-by-listener-prefix",
      "advisory:dump-buffer-overflow",
    ]);
  });

  it("are unknown for a node that does not respond, whatever its last version", () => {
    const silent = { general: null, settings: null, problem: { general: "a:1: nothing came" } };
    expect(verdicts(silent, "1.4.25")).toEqual({ "version-floor": "unknown" });
    expect(judgeAdvisories(silent, "1.4.25")[0]?.title).toBe("Not evaluated: a:1: nothing came");
  });

  it("claim no more than upstream documents, and less for a build with its own version suffix", () => {
    const debian = new Map([["version", "1.6.18-2+deb12u1"]]);
    const [floor] = judgeAdvisories({ general: debian, settings: new Map() }, null);
    expect(floor?.title).toMatch(/^According to upstream, 1\.6\.18-2\+deb12u1 .*; this is a modified build/);
    for (const { title, check } of judgeAdvisories(captured("1.4.25"), null)) {
      expect(title, check).toMatch(/upstream/);
    }
  });

  it.each(["", "1.6", "unknown", "1.6.x", "12345.1.1", "1.6.1234567", "\u0000", "one.two.three"])(
    "take %j for no version",
    (text) => {
      expect(verdicts({ general: new Map([["version", text]]), settings: new Map() })).toEqual({
        "version-floor": "unknown",
      });
    },
  );

  it.each([
    ["1.6.44", "1.6.45", true],
    ["1.6.45", "1.6.45", false],
    ["1.6.9", "1.6.18", true],
    ["1.10.0", "1.6.45", false],
    ["1.6.45-rc1", "1.6.45", true],
    ["1.6.45_2_gabcdef", "1.6.45", false],
    ["1.6.44_2_gabcdef", "1.6.45", true],
    ["2.0.0", "1.6.45", false],
  ])("%s is older than %s: %s", (version, release, older) => {
    expect(isBefore(parseUpstreamVersion(version) as UpstreamVersion, release)).toBe(older);
  });

  it("order versions numerically", () => {
    const part = fc.nat({ max: 9_999 });
    fc.assert(
      fc.property(fc.tuple(part, part, part), fc.tuple(part, part, part), (first, second) => {
        const weight = ([a, b, c]: number[]) => (a ?? 0) * 1e8 + (b ?? 0) * 1e4 + (c ?? 0);
        const parsed = parseUpstreamVersion(first.join(".")) as UpstreamVersion;
        expect(isBefore(parsed, second.join("."))).toBe(weight(first) < weight(second));
      }),
    );
  });

  it("have unique names, valid ids, and ranges that are not empty", () => {
    expect(new Set(ADVISORIES.map(({ slug }) => slug)).size).toBe(ADVISORIES.length);
    for (const { slug, ids, fixedIn, introducedIn } of ADVISORIES) {
      expect(slug).toMatch(/^[a-z0-9-]{1,60}$/);
      for (const id of ids) expect(id).toMatch(/^CVE-\d{4}-\d{4,7}$/);
      const introduced = parseUpstreamVersion(introducedIn ?? "0.0.0") as UpstreamVersion;
      expect(isBefore(introduced, fixedIn), slug).toBe(true);
    }
  });

  it("are not affected by a hostile node's setting names", () => {
    const version = parseUpstreamVersion("1.6.18") as UpstreamVersion;
    for (const word of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
      const settings = new Map([
        ["binding_protocol", word],
        ["auth_enabled_sasl", word],
        [word, "yes"],
      ]);
      expect(conditionOf("binaryReachable", { general: null, settings, version }).holds).toBeNull();
      expect(conditionOf("sasl", { general: null, settings, version }).holds).toBeNull();
    }
  });

  it("never throw, and bound what they show, whatever a node reports", () => {
    const text = fc.oneof(fc.string({ maxLength: 500 }), fc.constantFrom("1.6.18", "yes", "no", "NULL", "0"));
    const names = fc.constantFrom(
      "version",
      "binding_protocol",
      "udpport",
      "domain_socket",
      "log_watchers",
      "__proto__",
    );
    const entries = fc.array(fc.tuple(names, text)).map((pairs) => new Map(pairs));
    fc.assert(
      fc.property(
        fc.option(entries),
        fc.option(entries),
        fc.option(text),
        (general, settings, lastVersion) => {
          const checks = judgeAdvisories({ general, settings }, lastVersion);
          expect(JSON.stringify(checks).length).toBeLessThan(60_000);
          for (const { title } of checks) expect(title).toMatch(/^[ -~]*$/);
        },
      ),
    );
  });
});
