import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyValues, requiredSlot, STATS } from "@/lib/catalogue/stats";
import { addStep, firstStep, type Sample, step } from "./counters";

const slot = requiredSlot;

function reading(atMs: number, stats: Record<string, number>): Sample {
  const values = emptyValues();
  for (const [name, value] of Object.entries(stats)) values[slot(name)] = value;
  return { values, atMs };
}

const BEFORE = { pid: 10, uptime: 100, time: 1_000, cmd_get: 500, get_hits: 400, bytes: 70 };

describe("a step between two samples", () => {
  it("has counters as differences and gauges unchanged", () => {
    const into = emptyValues();
    const outcome = step(
      reading(0, BEFORE),
      reading(10_000, { ...BEFORE, uptime: 110, time: 1_010, cmd_get: 530, get_hits: 420, bytes: 60 }),
      into,
    );
    expect(outcome).toEqual({ kind: "delta", elapsedSeconds: 10 });
    expect(into[slot("cmd_get")]).toBe(30);
    expect(into[slot("get_hits")]).toBe(20);
    expect(into[slot("bytes")]).toBe(60);
  });

  it("leaves a stat that only one sample reports unknown, never zero", () => {
    const into = emptyValues();
    step(reading(0, BEFORE), reading(10_000, { ...BEFORE, uptime: 110, time: 1_010, cmd_meta: 5 }), into);
    expect(into[slot("cmd_meta")]).toBeNaN();
    expect(into[slot("cmd_touch")]).toBeNaN();
  });

  it.each([
    ["another pid", { ...BEFORE, pid: 11, uptime: 3, time: 1_010 }, "restart"],
    [
      "another pid whose counters have overtaken",
      { ...BEFORE, pid: 11, uptime: 110, time: 1_010, cmd_get: 9_999 },
      "restart",
    ],
    ["a smaller uptime", { ...BEFORE, uptime: 3, time: 1_010 }, "restart"],
    ["counters that fell", { ...BEFORE, uptime: 110, time: 1_010, cmd_get: 2, get_hits: 1 }, "reset"],
    ["a clock that jumped ahead", { ...BEFORE, uptime: 3_700, time: 4_600 }, "clock"],
    ["a clock that jumped back", { ...BEFORE, uptime: 110, time: 900 }, "clock"],
  ])("is a gap after %s", (_, next, kind) => {
    const into = emptyValues();
    expect(step(reading(0, BEFORE), reading(10_000, next), into).kind).toBe(kind);
    for (const [index, stat] of STATS.entries()) {
      if (stat.kind === "counter") expect(into[index]).toBeNaN();
    }
    expect(into[slot("bytes")]).toBe(70);
  });

  it("takes our fraction of a second where both clocks agree, and the node's time where they do not", () => {
    const next = { ...BEFORE, uptime: 110, time: 1_010 };
    expect(step(reading(0, BEFORE), reading(9_700, next), emptyValues())).toMatchObject({
      elapsedSeconds: 9.7,
    });
    expect(step(reading(0, BEFORE), reading(11_900, next), emptyValues())).toMatchObject({
      elapsedSeconds: 10,
    });
  });

  it("has a separate gap for a minor counter that fell", () => {
    const into = emptyValues();
    const before = { ...BEFORE, lrutail_reflocked: 9 };
    const outcome = step(
      reading(0, before),
      reading(10_000, { ...before, uptime: 110, time: 1_010, lrutail_reflocked: 8, cmd_get: 501 }),
      into,
    );
    expect(outcome.kind).toBe("delta");
    expect(into[slot("lrutail_reflocked")]).toBeNaN();
    expect(into[slot("cmd_get")]).toBe(1);
  });

  it("never gives a negative difference, whatever the samples hold", () => {
    const sample = fc.record({
      pid: fc.constantFrom(1, 2),
      uptime: fc.nat(1_000),
      time: fc.nat(1_000),
      cmd_get: fc.nat(100),
      evictions: fc.nat(100),
    });
    fc.assert(
      fc.property(sample, sample, fc.nat(20_000), (a, b, ms) => {
        const into = emptyValues();
        step(reading(0, a), reading(ms, b), into);
        return STATS.every((stat, index) => stat.kind !== "counter" || !((into[index] as number) < 0));
      }),
    );
  });
});

describe("steps of one poll interval", () => {
  it("add up: differences are summed and the newest level holds", () => {
    const earlier = emptyValues();
    const later = emptyValues();
    earlier[slot("cmd_get")] = 3;
    earlier[slot("bytes")] = 5;
    later[slot("cmd_get")] = 4;
    later[slot("bytes")] = 9;
    addStep(earlier, later);
    expect(earlier[slot("cmd_get")]).toBe(7);
    expect(earlier[slot("bytes")]).toBe(9);
  });

  it("keep the known values when one of them is a gap", () => {
    const known = emptyValues();
    const gap = emptyValues();
    known[slot("cmd_get")] = 3;
    addStep(known, gap);
    expect(known[slot("cmd_get")]).toBe(3);
    addStep(gap, known);
    expect(gap[slot("cmd_get")]).toBe(3);
  });

  it("begin with levels only", () => {
    const into = emptyValues();
    firstStep(reading(0, BEFORE), into);
    expect(into[slot("bytes")]).toBe(70);
    expect(into[slot("cmd_get")]).toBeNaN();
  });
});
