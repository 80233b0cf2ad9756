import { describe, expect, it } from "vitest";
import { emptyValues, requiredSlot } from "@/lib/catalogue/stats";
import { RecentCounters } from "@/lib/metrics/recent";
import { capture, statLines } from "@/tests/doubles/captures";
import type { RecentDeltas } from "../../contract";
import { type HealthFacts, judgeHealth } from "./verdict";

const MINUTE = 60_000;

/** Half an hour of minutes with these differences each; nothing watched without any. */
function past(perMinute: Record<string, number> | null, restartsMs: number[] = []): RecentDeltas {
  const recent = new RecentCounters();
  for (let minute = 0; minute < 30 && perMinute !== null; minute++) {
    const differences = emptyValues().fill(0);
    for (const [name, value] of Object.entries(perMinute)) differences[requiredSlot(name)] = value;
    recent.add(minute * MINUTE, differences, 60);
  }
  return { hour: recent.between(0, 60 * MINUTE), restartsMs };
}

const QUIET = {
  curr_connections: "10",
  max_connections: "1024",
  rejected_connections: "0",
  listen_disabled_num: "0",
  evictions: "0",
  evicted_unfetched: "0",
  store_no_memory: "0",
  response_obj_oom: "0",
  read_buf_oom: "0",
  malloc_fails: "0",
  uptime: "86400",
};

function facts(
  general: Record<string, string>,
  {
    items,
    ...more
  }: Partial<Omit<HealthFacts, "general" | "items">> & { items?: Record<string, string> | null } = {},
): HealthFacts {
  return {
    general: new Map(Object.entries({ ...QUIET, ...general })),
    maxconns: undefined,
    items: items === null ? null : new Map(Object.entries(items ?? {})),
    past: past({}),
    latenciesMs: [0.2, 0.3, 0.4],
    nowMs: 1_000_000,
    ...more,
  };
}

const found = (of: HealthFacts) => new Map(judgeHealth(of).map((check) => [check.check, check]));
const severities = (of: HealthFacts) =>
  Object.fromEntries([...found(of)].map(([check, { severity }]) => [check, severity]));

const evicting = (seconds: string) => ({
  "items:5:evicted": "10",
  "items:5:evicted_time": seconds,
  "items:6:evicted": "0",
  "items:6:evicted_time": "1",
});

describe("the health of a node", () => {
  it("is ok when nothing happened", () => {
    expect(new Set(Object.values(severities(facts({}))))).toEqual(new Set(["ok"]));
  });

  it("advises more memory when young fetched items are evicted", () => {
    const check = found(
      facts(
        { evictions: "9000", evicted_unfetched: "8990" },
        { past: past({ evictions: 10, evicted_unfetched: 4 }), items: evicting("900") },
      ),
    ).get("evictions");
    // 30 minutes of 10 each, of which 4 were never fetched: 300 and 0.4, whatever the life of the process was like.
    expect(check).toMatchObject({
      severity: "warning",
      figures: { count: 300, ageSeconds: 900, unfetchedShare: 0.4, advice: "memory" },
    });
  });

  it("does not advise more memory when hardly any evicted item had been fetched", () => {
    const check = found(
      facts(
        { evictions: "300", evicted_unfetched: "285" },
        { past: past({ evictions: 20, evicted_unfetched: 19 }), items: evicting("900") },
      ),
    ).get("evictions");
    expect(check).toMatchObject({ severity: "info", figures: { unfetchedShare: 0.95, advice: "expiry" } });
    expect(check?.title).not.toContain("more memory");
  });

  it("accepts that a full cache evicts items that are no longer used", () => {
    const old = facts({ evictions: "300" }, { past: past({ evictions: 10 }), items: evicting("7200") });
    expect(found(old).get("evictions")).toMatchObject({ severity: "info", figures: { advice: "none" } });
  });

  it("ignores evictions of long ago", () => {
    const earlier = facts({ evictions: "5000", evicted_unfetched: "10" }, { items: evicting("900") });
    expect(found(earlier).get("evictions")).toMatchObject({ severity: "ok", verdict: "pass" });
    const unwatched = { ...earlier, past: past(null) };
    expect(found(unwatched).get("evictions")).toMatchObject({
      severity: "info",
      title: expect.stringContaining("since start"),
    });
  });

  it.each(["store_no_memory", "response_obj_oom", "read_buf_oom"])("warns when %s grew lately", (name) => {
    const now = facts({ [name]: "30" }, { past: past({ [name]: 1 }) });
    expect(found(now).get("out-of-memory")).toMatchObject({
      severity: "warning",
      evidence: { lastHour: 30, sinceStart: 30 },
    });
    expect(found(facts({ [name]: "30" })).get("out-of-memory")?.severity).toBe("info");
  });

  it("sums the slab classes that were out of memory", () => {
    const items = { "items:1:outofmemory": "2", "items:9:outofmemory": "3", "items:9:number": "50" };
    expect(found(facts({}, { items })).get("out-of-memory")).toMatchObject({
      severity: "info",
      evidence: { outofmemory: 5, sinceStart: 5 },
    });
  });

  it.each([
    ["767", "ok"],
    ["768", "info"],
    ["921", "info"],
    ["922", "warning"],
    ["1024", "warning"],
  ])("%s of 1024 connections are %s", (open, severity) => {
    expect(found(facts({ curr_connections: open })).get("connections-use")?.severity).toBe(severity);
  });

  it.each(["1.5.21", "1.5.22", "1.5.22-2ubuntu0.3"])(
    "does not believe the rejected connections of %s",
    (version) => {
      const rejected = { version, rejected_connections: "60" };
      const check = found(facts(rejected, { past: past({ rejected_connections: 2 }) })).get(
        "connections-use",
      );
      expect(check).toMatchObject({
        verdict: "pass",
        severity: "ok",
        evidence: { rejectedSinceStart: null },
      });
      const full = facts(
        { ...rejected, curr_connections: "1000" },
        { past: past({ rejected_connections: 2 }) },
      );
      expect(found(full).get("connections-use")).toMatchObject({
        severity: "warning",
        figures: { kind: "use" },
      });
    },
  );

  it.each(["1.5.20", "1.6.0"])("believes those of %s", (version) => {
    const lately = facts(
      { version, rejected_connections: "60" },
      { past: past({ rejected_connections: 2 }) },
    );
    expect(found(lately).get("connections-use")?.severity).toBe("warning");
  });

  it("warns of recently refused connections, and mentions earlier ones", () => {
    const lately = facts({ rejected_connections: "60" }, { past: past({ rejected_connections: 2 }) });
    expect(found(lately).get("connections-use")).toMatchObject({
      severity: "warning",
      figures: { kind: "rejected", rejected: 60 },
    });
    expect(found(facts({ rejected_connections: "60" })).get("connections-use")?.severity).toBe("info");
  });

  it("takes the limit from the settings where stats does not report it", () => {
    const { max_connections: _, ...old } = QUIET;
    const of = (maxconns: string | undefined) => ({
      ...facts({}),
      general: new Map(Object.entries(old)),
      maxconns,
    });
    expect(found(of("11")).get("connections-use")?.severity).toBe("warning");
    expect(found(of(undefined)).get("connections-use")?.verdict).toBe("unknown");
  });

  it("is critical when no connection was accepted recently, and info when that was earlier", () => {
    const lately = facts({ listen_disabled_num: "30" }, { past: past({ listen_disabled_num: 1 }) });
    expect(found(lately).get("listener-disabled")?.severity).toBe("critical");
    expect(found(facts({ listen_disabled_num: "30" })).get("listener-disabled")?.severity).toBe("info");
  });

  it.each([
    [[0.2, 0.3, 9_000], "ok"],
    [[99, 99.9, 400], "ok"],
    [[1, 100, 400], "info"],
    [[200, 250, 251], "warning"],
  ])("answers of %j ms are %s: half of them decide", (latenciesMs, severity) => {
    expect(found(facts({}, { latenciesMs })).get("slow")?.severity).toBe(severity);
  });

  it.each([
    [0, "ok"],
    [1, "info"],
    [2, "info"],
    [3, "warning"],
    [500, "warning"],
  ])("%d restarts within a day are %s", (count, severity) => {
    const restartsMs = Array.from({ length: count }, (_, n) => n * 1_000);
    const check = found(facts({}, { past: past({}, restartsMs) })).get("restarts");
    expect(check?.severity).toBe(severity);
    expect(JSON.stringify(check).length).toBeLessThan(2_000);
  });

  it("without data is unknown, not ok", () => {
    const silent: HealthFacts = {
      general: new Map(),
      maxconns: undefined,
      items: null,
      past: past(null),
      latenciesMs: [],
      nowMs: 0,
    };
    expect(judgeHealth(silent).map(({ check, verdict }) => `${check} ${verdict}`)).toEqual([
      "evictions unknown",
      "out-of-memory unknown",
      "connections-use unknown",
      "listener-disabled unknown",
      "slow unknown",
      "restarts pass",
    ]);
  });

  it.each(["1.4.25", "1.5.5", "1.6.9", "1.6.18"])("of a captured %s, just started, is ok", (version) => {
    const entries = (name: string) => new Map(statLines(capture(version, name).toString("latin1")));
    const of = {
      ...facts({}),
      general: entries("stats"),
      items: entries("stats-items"),
      maxconns: entries("stats-settings").get("maxconns"),
    };
    const loud = judgeHealth(of).filter(({ severity }) => severity === "warning" || severity === "critical");
    expect(loud.map(({ check }) => check)).toEqual([]);
  });

  it("is not affected by hostile names and numbers", () => {
    const hostile = facts(
      { ["__proto__"]: "1", evictions: "NaN", curr_connections: "-5", max_connections: "1e9" },
      { items: { "items:__proto__:evicted": "1", "items:5:evicted": "99999999999999999999999" } },
    );
    expect(found(hostile).get("evictions")?.verdict).toBe("pass");
    expect(found(hostile).get("connections-use")?.verdict).toBe("unknown");
  });
});
