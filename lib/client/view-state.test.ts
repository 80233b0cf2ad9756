import { describe, expect, it } from "vitest";
import { carry, windowOf, windowQuery } from "./view-state";

const from = new Date("2026-11-22T06:00:00Z");
const to = new Date("2026-11-22T07:30:00Z");

describe("the window in view", () => {
  it("is the last hour by default", () => {
    expect(windowOf(null, null, null)).toEqual({ kind: "relative", range: "1h", durationMs: 3_600_000 });
    expect(windowOf("7d", null, null).durationMs).toBe(7 * 86_400_000);
  });

  it("is absolute when both ends are given, which override a range", () => {
    expect(windowOf("24h", from, to)).toEqual({
      kind: "absolute",
      fromMs: Date.UTC(2026, 10, 22, 6),
      toMs: Date.UTC(2026, 10, 22, 7, 30),
      durationMs: 90 * 60_000,
    });
  });

  it("falls back to the range when the ends are in the wrong order or one is missing", () => {
    expect(windowOf("6h", to, from).kind).toBe("relative");
    expect(windowOf("6h", from, null).kind).toBe("relative");
  });

  it("stays relative in the request to the server", () => {
    expect(windowQuery(windowOf("15m", null, null))).toEqual({ from: "now-15m", to: "now" });
    expect(windowQuery(windowOf(null, from, to))).toEqual({
      from: String(from.getTime()),
      to: String(to.getTime()),
    });
  });
});

describe("links between pages", () => {
  it("carry the window and the UTC switch, and nothing else", () => {
    const search = new URLSearchParams("range=6h&utc=true&q=sessions&sort=node");
    expect(carry("/pools/sessions", search)).toBe("/pools/sessions?range=6h&utc=true");
    expect(carry("/", new URLSearchParams("q=a"))).toBe("/");
  });
});
