import { describe, expect, it } from "vitest";
import { flushTimes } from "./flush";

describe("flush times from stats settings", () => {
  it("are unknown when oldest is 0 or not reported", () => {
    expect(flushTimes(0, 1_000, 50)).toEqual({ lastFlushMs: null, pendingFlushMs: null });
    expect(flushTimes(Number.NaN, 1_000, 50)).toEqual({ lastFlushMs: null, pendingFlushMs: null });
  });

  it("count down to a delayed flush: oldest less uptime less the clock's head start of 60 s", () => {
    expect(flushTimes(140, 1_000, 50)).toEqual({ lastFlushMs: null, pendingFlushMs: 1_030_000 });
  });

  it("place a past flush on the server's clock", () => {
    expect(flushTimes(100, 1_000, 50)).toEqual({ lastFlushMs: 991_000, pendingFlushMs: null });
  });
});
