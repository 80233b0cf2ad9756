import { describe, expect, it, vi } from "vitest";
import { Schedule } from "./schedule";

function scheduleOf(intervalMs: number) {
  let now = 0;
  const runs: number[] = [];
  let rounds = 0;
  const schedule = new Schedule(
    intervalMs,
    { run: (slot) => runs.push(slot), roundComplete: () => rounds++ },
    () => now,
  );
  return {
    schedule,
    runs,
    rounds: () => rounds,
    at(ms: number) {
      now = ms;
      schedule.tick();
    },
  };
}

describe("the polling schedule", () => {
  it("runs every slot once in an interval", () => {
    const { at, runs, rounds } = scheduleOf(10_000);
    for (let ms = 0; ms < 10_000; ms += 50) at(ms);
    expect(runs).toEqual(Array.from({ length: 100 }, (_, slot) => slot));
    expect(rounds()).toBe(1);
  });

  it("spreads five thousand nodes so that no slot has more than three times its share", () => {
    const { schedule } = scheduleOf(10_000);
    const load = new Array<number>(schedule.slots).fill(0);
    for (let n = 0; n < 5_000; n++) {
      const slot = schedule.slotOf(`10.0.${n >> 8}.${n & 255}:11211`);
      load[slot] = (load[slot] ?? 0) + 1;
    }
    expect(Math.max(...load)).toBeLessThanOrEqual(150);
  });

  it("makes up what a short stall missed, a few slots at a time", () => {
    const { at, runs } = scheduleOf(10_000);
    at(0);
    at(1_000);
    expect(runs).toEqual([0, 1, 2, 3]);
    for (let ms = 1_010; ms < 1_100; ms += 10) at(ms);
    expect(runs).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it("drops what a long stall missed instead of bursting: no node is polled twice", () => {
    const { at, runs } = scheduleOf(1_000);
    at(0);
    runs.length = 0;
    for (let ms = 60_000; ms < 60_100; ms += 10) at(ms);
    expect(runs.length).toBe(10);
    expect(new Set(runs).size).toBe(10);
  });

  it("knows when this process was late, and when it no longer is", () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    let asleepMs = 0;
    const now = () => performance.now() + asleepMs;
    const schedule = new Schedule(10_000, { run() {}, roundComplete() {} }, now);
    try {
      const from = now();
      schedule.start();
      vi.advanceTimersByTime(5_000);
      expect(schedule.lateSince(from)).toBe(false);
      asleepMs = 400;
      vi.advanceTimersByTime(100);
      expect(schedule.lateSince(from)).toBe(true);
      const after = now() + 1;
      vi.advanceTimersByTime(5_000);
      expect(schedule.lateSince(after)).toBe(false);
    } finally {
      schedule.close();
      vi.useRealTimers();
    }
  });
});
