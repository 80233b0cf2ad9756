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

describe("when a flush is sent", () => {
  it("is at once unless something else was chosen", () => {
    expect(timingInput(NEW_TIMING)).toEqual({});
    expect(timingProblems(NEW_TIMING)).toEqual([]);
  });

  it("is what the server understands, in every mode", () => {
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

  it("names only the fields that count in the mode chosen", () => {
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

  it.each(["", "-1", "1.5", "1e3", "2592001", "٣"])("takes %j for no number of seconds", (text) => {
    expect(parseInteger(text, 1, 2_592_000)).toBeNull();
  });

  it("takes eight nodes a minute apart seven minutes from the first to the last", () => {
    expect(staggerLength(8, 60)).toBe(420);
    expect(staggerLength(1, 60)).toBe(0);
  });
});
