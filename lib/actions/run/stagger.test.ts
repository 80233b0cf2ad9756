import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { latenessMs, plannedTimes, resumeShiftMs } from "./stagger";

describe("the planned times of a staggered action", () => {
  it("are k × the stagger", () => {
    expect(plannedTimes(4, 30, 1_000)).toEqual([1_000, 31_000, 61_000, 91_000]);
    expect(plannedTimes(2, 0, 1_000)).toEqual([1_000, 1_000]);
  });

  it("are all postponed when one node is late, but not by the usual delay of timers", () => {
    expect(latenessMs(10_000, 10_900, 60)).toBe(0);
    expect(latenessMs(10_000, 10_900, 10)).toBe(900);
    expect(latenessMs(10_000, 25_000, 3_600)).toBe(15_000);
    expect(latenessMs(10_000, 9_000, 1)).toBe(0);
  });

  it("are never closer than the stagger and never early, for any delays and pauses", () => {
    const events = fc.array(
      fc.record({ lateMs: fc.oneof(fc.nat(60), fc.nat(90_000)), pauseMs: fc.option(fc.nat(600_000)) }),
      {
        minLength: 1,
        maxLength: 40,
      },
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), events, (staggerSeconds, steps) => {
        const startMs = 1_000_000;
        const planned = plannedTimes(steps.length, staggerSeconds, startMs);
        let due = [...planned];
        let nowMs = startMs;
        const sent: number[] = [];
        for (const { lateMs, pauseMs } of steps) {
          nowMs = Math.max(nowMs, due[0] ?? 0) + lateMs;
          if (pauseMs !== null) {
            nowMs += pauseMs;
            const shift = resumeShiftMs(due[0] ?? 0, sent.at(-1) ?? null, staggerSeconds, nowMs);
            due = due.map((at) => at + shift);
            nowMs = Math.max(nowMs, due[0] ?? 0);
          }
          const shift = latenessMs(due[0] ?? 0, nowMs, staggerSeconds);
          due = due.slice(1).map((at) => at + shift);
          sent.push(nowMs);
        }
        sent.forEach((at, index) => {
          expect(at).toBeGreaterThanOrEqual(planned[index] ?? Number.NaN);
          const earlier = sent[index - 1];
          // A timer may be late by up to a second without moving the rest.
          if (earlier !== undefined)
            expect(at - earlier).toBeGreaterThanOrEqual(staggerSeconds * 1000 - 1_000);
        });
      }),
    );
  });
});
