import { describe, expect, it } from "vitest";
import { HOUR_MS } from "@/lib/model/time";
import { DiagnosticsSchedule } from "./schedule";

function scheduleOf(more: { everyMs?: number | null; lastMs?: number | null } = {}) {
  const state = {
    now: 100 * HOUR_MS,
    everyMs: HOUR_MS as number | null,
    lastMs: null as number | null,
    ...more,
  };
  const begun: number[] = [];
  const defects: unknown[] = [];
  let running = false;
  let failing: Error | null = null;
  const schedule = new DiagnosticsSchedule({
    everyMs: () => state.everyMs,
    lastMs: async () => state.lastMs,
    begin: async () => {
      if (failing) throw failing;
      begun.push(state.now);
      state.lastMs = state.now;
      return { id: String(begun.length) };
    },
    running: () => running,
    nowMs: () => state.now,
    onDefect: (error) => defects.push(error),
  });
  const lookAfter = async (ms: number) => {
    state.now += ms;
    await schedule.check();
  };
  return {
    state,
    begun,
    defects,
    schedule,
    lookAfter,
    run: (yes: boolean) => {
      running = yes;
    },
    fail: (error: Error | null) => {
      failing = error;
    },
  };
}

describe("scheduled diagnosing", () => {
  it("never starts when it is disabled", async () => {
    const { begun, lookAfter } = scheduleOf({ everyMs: null });
    await lookAfter(1_000 * HOUR_MS);
    expect(begun).toEqual([]);
  });

  it("starts at the first check when it never ran, then every interval", async () => {
    const { begun, lookAfter } = scheduleOf();
    await lookAfter(0);
    await lookAfter(HOUR_MS - 1);
    expect(begun).toHaveLength(1);
    await lookAfter(1);
    expect(begun).toHaveLength(2);
  });

  it("counts from the last run before a restart", async () => {
    const { begun, lookAfter } = scheduleOf({ lastMs: 99.5 * HOUR_MS });
    await lookAfter(0);
    expect(begun).toEqual([]);
    await lookAfter(HOUR_MS / 2);
    expect(begun).toHaveLength(1);
  });

  it("does not overlap itself", async () => {
    const { begun, lookAfter, run } = scheduleOf();
    await lookAfter(0);
    run(true);
    await lookAfter(5 * HOUR_MS);
    expect(begun).toHaveLength(1);
    run(false);
    await lookAfter(0);
    expect(begun).toHaveLength(2);
  });

  it("continues after a run that could not start, and after the clock was set back", async () => {
    const { begun, defects, lookAfter, fail, state } = scheduleOf();
    fail(new Error("no audit"));
    await lookAfter(0);
    expect(defects).toHaveLength(1);
    fail(null);
    await lookAfter(0);
    state.now -= 50 * HOUR_MS;
    await lookAfter(0);
    expect(begun).toHaveLength(2);
  });
});
