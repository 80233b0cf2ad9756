import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyValues, requiredSlot, STATS } from "@/lib/catalogue/stats";
import { addStep, firstStep, observedProcess, type Sample, step } from "./counters";

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

  it.each([
    ["agrees", 10],
    ["stands still", 0],
    ["ticks late", 8],
    ["is a second ahead", 11],
  ])("covers the time by our clock when the node's clock %s", (_, seconds) => {
    const next = { ...BEFORE, uptime: 100 + seconds, time: 1_000 + seconds, cmd_get: 600 };
    const into = emptyValues();
    expect(step(reading(0, BEFORE), reading(10_000, next), into)).toMatchObject({
      kind: "delta",
      elapsedSeconds: 10,
    });
    expect(into[slot("cmd_get")]).toBe(100);
  });

  it("covers the time by the node's clock when the previous reply was read late", () => {
    const late = { ...BEFORE, latency: 3_000_000 };
    const next = { ...BEFORE, uptime: 110, time: 1_010 };
    expect(step(reading(3_000, late), reading(10_000, next), emptyValues())).toEqual({
      kind: "delta",
      elapsedSeconds: 10,
    });
  });

  it("says when the node's clock was late", () => {
    const next = { ...BEFORE, uptime: 100, time: 1_000 };
    expect(step(reading(0, BEFORE), reading(10_000, next), emptyValues())).toMatchObject({
      lateClock: "0 s by the node's clock, 10.0 s by Memfleet's",
    });
  });

  it("goes on with a late clock that catches up", () => {
    const before = { ...BEFORE, uptime: 101, time: 1_001 };
    const next = { ...BEFORE, uptime: 160, time: 1_060 };
    const known = { steadyOffset: 1_000 };
    expect(step(reading(50_000, before), reading(60_000, next), emptyValues(), known)).toMatchObject({
      kind: "delta",
      elapsedSeconds: 10,
    });
  });

  it.each([
    ["a crash loop with a higher uptime at each poll", { uptime: 3 }, 10, { uptime: 5, time: 1_010 }],
    ["a restart in an absence", { uptime: 100 }, 600, { uptime: 300, time: 1_600 }],
    ["a restart a second before", { uptime: 5 }, 10, { uptime: 10, time: 1_010 }],
    ["a process that is older", { uptime: 100 }, 10, { uptime: 9_000, time: 1_010 }],
    ["an uptime that fell by a second", { uptime: 1 }, 1, { uptime: 0, time: 1_001 }],
    ["counters that fell and a start that moved", { uptime: 1 }, 2, { uptime: 2, time: 1_002, cmd_get: 3 }],
    [
      "counters that fell below those of a longer life",
      { uptime: 3 },
      10,
      { uptime: 9, time: 1_010, cmd_get: 3 },
    ],
    ["an uptime that hardly grew, without time", { uptime: 100, time: Number.NaN }, 300, { uptime: 200 }],
  ])("is a restart under the same pid: %s", (_, before, seconds, next) => {
    const into = emptyValues();
    const same = { ...BEFORE, pid: 1, ...before };
    const outcome = step(reading(0, same), reading(seconds * 1_000, { ...same, ...next }), into);
    expect(outcome.kind).toBe("restart");
    expect(into[slot("cmd_get")]).toBeNaN();
  });

  it("is a restart when the start moved by a second at each poll", () => {
    const sample = (second: number) =>
      reading(second * 1_000, { ...BEFORE, uptime: 1, time: 1_000 + second });
    const anchor = observedProcess(sample(0));
    const kinds = [1, 2, 3].map(
      (second) => step(sample(second - 1), sample(second), emptyValues(), { anchor }).kind,
    );
    expect(kinds).toEqual(["delta", "delta", "restart"]);
  });

  it.each([
    ["the node's clock was set back", { uptime: 110, time: 400 }, "clock"],
    ["the node's clock was set ahead", { uptime: 110, time: 9_000 }, "clock"],
    ["both clocks of an old server were set back", { uptime: 50, time: 950 }, "clock"],
    ["the node was suspended", { uptime: 100, time: 1_000 }, "delta"],
  ])("is no restart when %s", (_, next, kind) => {
    expect(step(reading(0, BEFORE), reading(10_000, { ...BEFORE, ...next }), emptyValues()).kind).toBe(kind);
  });

  it.each([
    ["pid", { pid: Number.NaN }, { pid: 7, uptime: 110, time: 1_010, cmd_get: 510 }, "delta"],
    ["pid, and the node restarts", { pid: Number.NaN }, { uptime: 4, time: 1_010, cmd_get: 510 }, "restart"],
    ["time", { time: Number.NaN }, { uptime: 110, cmd_get: 510 }, "delta"],
    ["time, and the node restarts", { time: Number.NaN }, { uptime: 4, cmd_get: 510 }, "restart"],
    ["uptime", { uptime: Number.NaN }, { time: 1_010, cmd_get: 510 }, "delta"],
    ["uptime, and the counters fall", { uptime: Number.NaN }, { time: 1_010, cmd_get: 5 }, "reset"],
    [
      "pid, uptime, and time",
      { pid: Number.NaN, uptime: Number.NaN, time: Number.NaN },
      { cmd_get: 510 },
      "delta",
    ],
  ])("follows the remaining rules for a node that does not report %s", (_, missing, next, kind) => {
    const before = { ...BEFORE, ...missing };
    const outcome = step(reading(0, before), reading(10_000, { ...before, ...next }), emptyValues());
    expect(outcome).toMatchObject(kind === "delta" ? { kind, elapsedSeconds: 10 } : { kind });
  });

  it.each([
    ["a counter that decides about resets", "total_connections"],
    ["another counter", "total_items"],
  ])("counts on when 32 bits wrap: %s", (_, name) => {
    const into = emptyValues();
    const before = { ...BEFORE, [name]: 2 ** 32 - 10 };
    const next = { ...BEFORE, uptime: 110, time: 1_010, cmd_get: 600, [name]: 25 };
    expect(step(reading(0, before), reading(10_000, next), into)).toMatchObject({ kind: "delta" });
    expect(into[slot(name)]).toBe(35);
    expect(into[slot("cmd_get")]).toBe(100);
  });

  it("has a gap in a 32-bit counter that fell by more than a wrap explains", () => {
    const into = emptyValues();
    const before = { ...BEFORE, total_connections: 2 ** 32 - 2 ** 29 };
    const next = { ...BEFORE, uptime: 110, time: 1_010, cmd_get: 600, total_connections: 25 };
    expect(step(reading(0, before), reading(10_000, next), into)).toMatchObject({ kind: "delta" });
    expect(into[slot("total_connections")]).toBeNaN();
    expect(into[slot("cmd_get")]).toBe(100);
  });

  it("is a reset when a large counter falls together with others", () => {
    const before = { ...BEFORE, total_connections: 2 ** 32 - 10 };
    const next = { ...BEFORE, uptime: 110, time: 1_010, cmd_get: 6, get_hits: 1, total_connections: 3 };
    expect(step(reading(0, before), reading(10_000, next), emptyValues()).kind).toBe("reset");
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
