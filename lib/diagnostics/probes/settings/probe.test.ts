import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { capture, statLines } from "@/tests/doubles/captures";
import { judgeClock } from "./clock-skew";
import { judgeDrift } from "./drift";
import { judgeSettings } from "./probe";

function group(version: string, name: string): Map<string, string> {
  return new Map(statLines(capture(version, name).toString("latin1")));
}

function judged(settings: Map<string, string> | null, general = new Map([["curr_connections", "10"]])) {
  const checks = judgeSettings({ general, settings, problem: {} });
  return new Map(checks.map((check) => [check.check, check]));
}

const short = (checks: ReturnType<typeof judged>) =>
  Object.fromEntries([...checks].map(([name, { severity, verdict }]) => [name, `${severity} ${verdict}`]));

const HARDENED = new Map([
  ...group("1.6.18-plain", "stats-settings"),
  ["maxbytes", "1073741824"],
  ["flush_enabled", "no"],
  ["dump_enabled", "no"],
  ["idle_timeout", "600"],
]);

describe("settings", () => {
  it("of a default 1.6.18 have three infos and no warning", () => {
    expect(short(judged(group("1.6.18-plain", "stats-settings")))).toEqual({
      "memory-default": "info fail",
      verbosity: "ok pass",
      "shutdown-command": "ok pass",
      "flush-enabled": "info fail",
      "dump-enabled": "info fail",
      maxconns: "ok pass",
      "idle-timeout": "info fail",
      options: "ok pass",
    });
  });

  it("of 1.4.25 are unknown where it does not report them", () => {
    expect(short(judged(group("1.4.25", "stats-settings")))).toEqual({
      "memory-default": "info fail",
      verbosity: "ok pass",
      "shutdown-command": "info unknown",
      "flush-enabled": "info fail",
      "dump-enabled": "info unknown",
      maxconns: "ok pass",
      "idle-timeout": "info unknown",
      options: "ok pass",
    });
  });

  it("about text commands do not apply to a node that takes none", () => {
    const open = new Map([...HARDENED, ["dump_enabled", "yes"], ["shutdown_command", "yes"]]);
    const found = judged(new Map([...open, ["binding_protocol", "binary"]]));
    for (const check of ["dump-enabled", "shutdown-command"]) {
      expect(judged(open).get(check), check).toMatchObject({ verdict: "fail" });
      expect(found.get(check), check).toMatchObject({ verdict: "not-applicable", severity: "ok" });
    }
    // flush_all has a binary form.
    expect(judged(new Map([...open, ["flush_enabled", "yes"]])).get("flush-enabled")?.verdict).toBe("fail");
  });

  it("of a hardened node have no findings", () => {
    for (const [name, { severity }] of judged(HARDENED)) expect(severity, name).toBe("ok");
  });

  it.each([
    ["verbosity", "2", "verbosity", "warning"],
    ["shutdown_command", "yes", "shutdown-command", "warning"],
    ["maxbytes", "67108864", "memory-default", "info"],
    ["dump_enabled", "yes", "dump-enabled", "info"],
    ["idle_timeout", "0", "idle-timeout", "info"],
    ["detail_enabled", "yes", "options", "info"],
    ["evictions", "off", "options", "info"],
  ])("%s %s is a finding of %s", (setting, value, check, severity) => {
    const found = judged(new Map([...HARDENED, [setting, value]]));
    expect(found.get(check)).toMatchObject({ verdict: "fail", severity });
    const others = [...found.values()].filter((other) => other.check !== check && other.severity !== "ok");
    expect(others).toEqual([]);
  });

  it("mention a default connection limit once half of it is used", () => {
    const at = (connections: number, limit = "1024") =>
      judged(
        new Map([...HARDENED, ["maxconns", limit]]),
        new Map([["curr_connections", String(connections)]]),
      ).get("maxconns")?.severity;
    expect([at(511), at(512), at(1_024), at(1_500, "2048")]).toEqual(["ok", "info", "info", "ok"]);
  });

  it("are all unknown, with the reason, when they cannot be read", () => {
    const checks = judgeSettings({ general: null, settings: null, problem: { settings: "no answer" } });
    for (const { verdict, evidence } of checks) {
      expect(verdict).toBe("unknown");
      expect(evidence.why).toBe("no answer");
    }
  });

  it("never throw and never claim, whatever a node reports", () => {
    const names = fc.constantFrom(
      "maxbytes",
      "verbosity",
      "shutdown_command",
      "idle_timeout",
      "maxconns",
      "__proto__",
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(names, fc.string({ maxLength: 300 }))), (pairs) => {
        const checks = judged(new Map(pairs.filter(([, value]) => !/^(\d+|yes|no)$/.test(value))));
        for (const [, check] of checks) {
          if (check.check !== "options") expect(check.verdict).toBe("unknown");
          expect(JSON.stringify(check).length).toBeLessThan(2_000);
        }
      }),
    );
  });
});

describe("the clock of a node", () => {
  const at = (skewSeconds: number, latencyMs = 1) =>
    judgeClock({ timeSeconds: 1_800_000_000 + skewSeconds, receivedMs: 1_800_000_000_500, latencyMs });

  it.each([
    [0, "pass"],
    [-2, "pass"],
    [5, "pass"],
    [-6, "pass"],
    [8, "fail"],
    [-8, "fail"],
    [3_600, "fail"],
  ])("that is %d s off is a %s", (skew, verdict) => {
    expect(at(skew).verdict).toBe(verdict);
  });

  it("reports by how much and in which direction", () => {
    expect(at(60)).toMatchObject({ severity: "warning", title: expect.stringContaining("60.5 s ahead of") });
    expect(at(-60).title).toContain("59.5 s behind");
  });

  it("is not blamed for network latency", () => {
    expect(at(-9, 10_000).verdict).toBe("pass");
    expect(at(-9, 1).verdict).toBe("fail");
  });

  it("never reports a correct clock, whatever the latency, and always one that is far off", () => {
    const latency = fc.double({ min: 0, max: 20_000, noNaN: true });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const truth = fc.double({ min: 1e12, max: 4e12, noNaN: true });
    fc.assert(
      fc.property(
        latency,
        share,
        truth,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (ms, part, sentMs, lag) => {
          const answeredMs = sentMs + ms * part;
          const honest = Math.floor(answeredMs / 1000 - lag);
          const judge = (timeSeconds: number) =>
            judgeClock({ timeSeconds, receivedMs: sentMs + ms, latencyMs: ms }).verdict;
          expect(judge(honest)).toBe("pass");
          expect(judge(honest + 30)).toBe("fail");
          expect(judge(honest - 30)).toBe("fail");
        },
      ),
    );
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 1e20, -1e20])(
    "that reports %d is unknown",
    (timeSeconds) => {
      expect(judgeClock({ timeSeconds, receivedMs: 0, latencyMs: 1 }).verdict).toBe("unknown");
    },
  );
});

describe("drift inside a pool", () => {
  const peers = (...values: (string | null)[]) =>
    values.map((value, n) => ({
      id: `peer${n}`,
      settings: value === null ? null : new Map([...HARDENED, ["maxbytes", value]]),
    }));
  const own = (value: string) => new Map([...HARDENED, ["maxbytes", value]]);

  it("is what differs from more than half of the nodes that report it", () => {
    const found = judgeDrift("me", own("1"), peers("2", "2", "2"));
    expect(found).toMatchObject({
      verdict: "fail",
      severity: "info",
      figures: { count: 1, names: "maxbytes" },
    });
    expect(found.evidence.differences).toEqual(["maxbytes: 1 here, 2 on 3 nodes"]);
  });

  it.each([
    ["all agree", "2", ["2", "2"], "pass"],
    ["it is with the majority", "2", ["2", "1"], "pass"],
    ["there is no majority", "1", ["2", "3"], "pass"],
    ["half is no majority", "1", ["1", "2", "2"], "pass"],
    ["it is alone", "1", [], "not-applicable"],
    ["there are two", "1", ["2"], "not-applicable"],
    ["too few tell", "1", ["2", null, null], "not-applicable"],
  ] as const)("%s", (_, mine, others, verdict) => {
    expect(judgeDrift("me", own(mine), peers(...others)).verdict).toBe(verdict);
  });

  it("excludes node-specific settings, and names that memcached does not have", () => {
    const mine = new Map([
      ...HARDENED,
      ["tcpport", "1"],
      ["oldest", "77"],
      ["inter", "a"],
      ["__proto__", "x"],
    ]);
    expect(judgeDrift("me", mine, peers("1073741824", "1073741824")).verdict).toBe("pass");
  });

  it("does not count a node twice", () => {
    const [first, second] = peers("2", "2");
    if (first === undefined || second === undefined) throw new Error("two peers");
    expect(judgeDrift("me", own("1"), [first, second, { ...first, id: "me" }]).figures?.nodes).toBe(3);
  });
});
