import { describe, expect, it } from "vitest";
import { ACTION_LIMITS } from "@/lib/model/actions/action";
import { ACTION_INPUTS } from "@/lib/model/actions/action.schema";
import {
  NEW_TIMING,
  parseInteger,
  staggerLength,
  TIMING_LIMITS,
  timingInput,
  timingProblems,
} from "./timing";

describe("the timing of a flush", () => {
  it("is immediate by default", () => {
    expect(timingInput(NEW_TIMING)).toEqual({});
    expect(timingProblems(NEW_TIMING)).toEqual([]);
  });

  it("matches the server's schema, in every mode", () => {
    for (const mode of ["now", "delay", "stagger"] as const) {
      for (const guard of [false, true]) {
        const input = timingInput({ ...NEW_TIMING, mode, guard });
        expect(ACTION_INPUTS.flush_all.safeParse(input).success).toBe(true);
      }
    }
    expect(timingInput({ ...NEW_TIMING, mode: "delay", delaySeconds: "90" })).toEqual({ delaySeconds: 90 });
    const guarded = { ...NEW_TIMING, mode: "stagger", staggerSeconds: "30", guard: true } as const;
    expect(timingInput(guarded)).toEqual({ staggerSeconds: 30, waitForHitRatio: 0.8 });
  });

  it("validates only the fields of the selected mode", () => {
    const broken = {
      ...NEW_TIMING,
      delaySeconds: "soon",
      staggerSeconds: "0",
      guard: true,
      guardPercent: "101",
    };
    expect(timingProblems({ ...broken, mode: "now" })).toEqual([]);
    expect(timingProblems({ ...broken, mode: "delay" })).toEqual(["delaySeconds"]);
    expect(timingProblems({ ...broken, mode: "stagger" })).toEqual(["staggerSeconds", "guardPercent"]);
  });

  it("has the server's limits", () => {
    expect(TIMING_LIMITS).toEqual({
      delaySeconds: ACTION_LIMITS.delaySeconds,
      staggerSeconds: ACTION_LIMITS.staggerSeconds,
    });
  });

  it.each(["", "-1", "1.5", "1e3", "2592001", "٣"])("rejects %j as a number of seconds", (text) => {
    expect(parseInteger(text, 1, 2_592_000)).toBeNull();
  });

  it("takes seven minutes for eight nodes one minute apart", () => {
    expect(staggerLength(8, 60)).toBe(420);
    expect(staggerLength(1, 60)).toBe(0);
  });
});
