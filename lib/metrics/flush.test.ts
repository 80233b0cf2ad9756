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

  it.each(["1.4.5", "1.4.17"])(
    "count from the start itself on %s, whose clock has no head start",
    (version) => {
      expect(flushTimes(50, 1_000, 50, version)).toEqual({ lastFlushMs: 1_001_000, pendingFlushMs: null });
      expect(flushTimes(80, 1_000, 50, version)).toEqual({ lastFlushMs: null, pendingFlushMs: 1_030_000 });
    },
  );

  it.each(["1.4.18", "1.6.45", "UNKNOWN"])("count from 60 s before the start on %s", (version) => {
    expect(flushTimes(110, 1_000, 50, version)).toEqual({ lastFlushMs: 1_001_000, pendingFlushMs: null });
  });
});
