import { describe, expect, it } from "vitest";
import { windowOf } from "@/lib/client/view-state";
import { frozenAddress } from "./copy-link";
import { readKey } from "./key-bindings";
import { freshnessOf } from "./notices/freshness";
import { fromLocalInput, toLocalInput } from "./time-range/local-time";

const press = (key: string, more: object = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  target: document.body,
  ...more,
});

describe("keys", () => {
  it("open search, help and the fleet", () => {
    expect(readKey(press("/"), null).command).toBe("search");
    expect(readKey(press("?"), null).command).toBe("help");
    const first = readKey(press("g"), null);
    expect(first).toEqual({ command: null, pending: "g" });
    expect(readKey(press("f"), first.pending).command).toBe("fleet");
    expect(readKey(press("x"), first.pending)).toEqual({ command: null, pending: null });
  });

  it("are ignored while typing, except Ctrl+K and Cmd+K", () => {
    const target = document.createElement("input");
    expect(readKey(press("/", { target }), null).command).toBeNull();
    expect(readKey(press("k", { target, ctrlKey: true }), null).command).toBe("palette");
    expect(readKey(press("K", { target, metaKey: true }), null).command).toBe("palette");
    expect(readKey(press("f", { ctrlKey: true }), "g").command).toBeNull();
  });
});

describe("freshness", () => {
  it("is stale after two intervals without a response, even when the stream is open", () => {
    expect(freshnessOf("open", 19_999, 10_000, true)).toBe("live");
    expect(freshnessOf("open", 20_001, 10_000, true)).toBe("stale");
  });

  it("shows when the stream is lost or still connecting", () => {
    expect(freshnessOf("lost", 0, 10_000, true)).toBe("lost");
    expect(freshnessOf("connecting", 0, 10_000, true)).toBe("connecting");
    expect(freshnessOf("open", 1e9, 10_000, false)).toBe("live");
  });
});

describe("a link with absolute times", () => {
  const now = Date.UTC(2026, 10, 22, 7);

  it("replaces a relative range with the visible period and keeps the other parameters", () => {
    const link = frozenAddress(
      "http://h:3000/pools/a?range=6h&q=x&utc=true",
      windowOf("6h", null, null),
      now,
    );
    expect(Object.fromEntries(new URL(link).searchParams)).toEqual({
      q: "x",
      utc: "true",
      from: "2026-11-22T01:00:00.000Z",
      to: "2026-11-22T07:00:00.000Z",
    });
  });
});

describe("the fields of an absolute time range", () => {
  it("read and write UTC when the page shows UTC", () => {
    expect(toLocalInput(Date.UTC(2026, 10, 22, 6, 34, 50), true)).toBe("2026-11-22T06:34");
    expect(fromLocalInput("2026-11-22T06:34", true)).toBe(Date.UTC(2026, 10, 22, 6, 34));
    expect(fromLocalInput("", true)).toBeNull();
  });

  it("round-trip values in the browser's time zone", () => {
    const atMs = new Date(2026, 10, 22, 6, 34).getTime();
    expect(fromLocalInput(toLocalInput(atMs, false), false)).toBe(atMs);
  });
});
