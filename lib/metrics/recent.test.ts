import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyValues, requiredSlot } from "@/lib/catalogue/stats";
import { RecentCounters } from "./recent";

function differences(hits: number, misses: number) {
  const values = emptyValues();
  values[requiredSlot("get_hits")] = hits;
  values[requiredSlot("get_misses")] = misses;
  values[requiredSlot("cmd_get")] = hits + misses;
  return values;
}

describe("the recent counters of a node", () => {
  it("weighs by gets, not by samples: the ratio comes from sums", () => {
    const recent = new RecentCounters();
    recent.add(10_000, differences(90, 10), 10);
    recent.add(20_000, differences(0, 900), 10);
    expect(recent.lastMinute(20_000).hitRatio()).toBeCloseTo(90 / 1000, 10);
  });

  it("covers the last sixty seconds and no more", () => {
    const recent = new RecentCounters();
    for (let at = 10_000; at <= 100_000; at += 10_000) recent.add(at, differences(at, 0), 10);
    const minute = recent.lastMinute(100_000);
    expect(minute.elapsedSeconds).toBe(60);
    expect(minute.sum("get_hits")).toBe(50_000 + 60_000 + 70_000 + 80_000 + 90_000 + 100_000);
    expect(minute.rate("cmd_get")).toBe(450_000 / 60);
  });

  it("knows no ratio without gets and no rate without time", () => {
    const recent = new RecentCounters();
    expect(recent.lastMinute(0).hitRatio()).toBeNull();
    expect(recent.lastMinute(0).rate("cmd_get")).toBeNull();
    recent.add(10_000, differences(0, 0), 10);
    expect(recent.lastMinute(10_000).hitRatio()).toBeNull();
    expect(recent.lastMinute(10_000).rate("cmd_get")).toBe(0);
  });

  it("is unknown for a counter the node does not report", () => {
    const recent = new RecentCounters();
    recent.add(10_000, differences(1, 1), 10);
    expect(recent.lastMinute(10_000).rate("evictions")).toBeNull();
  });

  it("keeps the hour before by the minute and forgets it at a restart", () => {
    const recent = new RecentCounters();
    for (let minute = 0; minute < 60; minute++)
      recent.add(minute * 60_000, differences(minute < 55 ? 9 : 1, 1), 60);
    expect(recent.between(0, 55 * 60_000).hitRatio()).toBeCloseTo(0.9, 10);
    expect(recent.between(55 * 60_000, 60 * 60_000).hitRatio()).toBeCloseTo(0.5, 10);
    recent.clear();
    expect(recent.between(0, 60 * 60_000).hitRatio()).toBeNull();
  });

  it("knows the last minute and the last hour whatever the time between two samples", () => {
    const gaps = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 300 });
    const property = fc.property(gaps, fc.array(fc.nat({ max: 50 }), { minLength: 1 }), (seconds, hits) => {
      const recent = new RecentCounters();
      const added: { at: number; hits: number; elapsed: number }[] = [];
      let at = 0;
      for (const [n, elapsed] of seconds.entries()) {
        at += elapsed * 1_000;
        added.push({ at, hits: hits[n % hits.length] as number, elapsed });
        recent.add(at, differences(hits[n % hits.length] as number, 1), elapsed);
      }
      const minute = added.filter((step) => step.at > at - 60_000);
      const now = recent.lastMinute(at);
      expect(now.sum("get_hits")).toBe(minute.reduce((sum, step) => sum + step.hits, 0));
      expect(now.elapsedSeconds).toBe(minute.reduce((sum, step) => sum + step.elapsed, 0));
      const until = Math.floor(at / 60_000) * 60_000;
      const hour = added.filter((step) => step.at >= until - 3_600_000 && step.at < until);
      const before = recent.between(until - 3_600_000, until);
      expect(before.sum("get_hits")).toBe(hour.reduce((sum, step) => sum + step.hits, 0));
      expect(before.sum("get_misses")).toBe(hour.length);
    });
    fc.assert(property, { numRuns: 200 });
  });
});
