import { describe, expect, it } from "vitest";
import type { Measurements } from "@/lib/model/actions/action.schema";
import { itemsAfterwards } from "../preview";
import { verifyFlush } from "./flush-all";
import { hitRatioBetween } from "./flush-stats";

const AT = 1_700_000_000_000;

/** The stats of a node that reports everything, `seconds` after the first reading. */
function reading(seconds: number, more: Measurements = {}): Measurements {
  return {
    atMs: AT + seconds * 1_000,
    pid: 7,
    uptime: 100 + seconds,
    cmdFlush: 3,
    tellsFlushes: 1,
    lastFlushMs: null,
    pendingFlushMs: null,
    getHits: 0,
    getMisses: 0,
    ...more,
  };
}
const NOW = { delaySeconds: 0 };
const LATER = { delaySeconds: 600 };

describe("a flush is verified", () => {
  it("when the node counted it and reports that it just took effect", () => {
    const after = reading(1, { cmdFlush: 4, lastFlushMs: AT - 1_000 });
    expect(verifyFlush(NOW, reading(0), after)).toMatchObject({
      verified: true,
      detail: "OK; cmd_flush 3 → 4",
    });
  });

  it("by the count alone where the node reports no times", () => {
    const silent = { tellsFlushes: 0 };
    expect(verifyFlush(NOW, reading(0, silent), reading(1, { ...silent, cmdFlush: 4 })).verified).toBe(true);
  });

  it("when it is pending for that time, with the one it replaces", () => {
    const before = reading(0, { pendingFlushMs: AT + 60_000 });
    const result = verifyFlush(LATER, before, reading(1, { cmdFlush: 4, pendingFlushMs: AT + 600_000 }));
    expect(result.verified).toBe(true);
    expect(result.detail).toContain("takes effect at about 2023-11-14T22:23:20.000Z");
    expect(result.detail).toContain("replaces the flush that was pending for 2023-11-14T22:14:20.000Z");
  });

  it("not when another process with the same pid counted it", () => {
    const before = reading(0, { timeSeconds: 1_700_000_000 });
    const other = { timeSeconds: 1_700_000_005, uptime: 5_000, cmdFlush: 4, lastFlushMs: AT + 5_000 };
    expect(verifyFlush(NOW, before, reading(5, other))).toMatchObject({
      verified: false,
      detail: "OK, but not verified: the node restarted or moved to another address meanwhile",
    });
  });

  it("and others that came with it are reported", () => {
    const result = verifyFlush(NOW, reading(0), reading(1, { cmdFlush: 6, lastFlushMs: AT }));
    expect(result).toMatchObject({
      verified: true,
      detail: expect.stringContaining("2 of these flushes came from elsewhere"),
    });
  });
});

describe("a flush is not verified", () => {
  it.each([
    ["when the process is another one", NOW, reading(1, { pid: 8, cmdFlush: 4, lastFlushMs: AT })],
    ["when the process began anew under the same pid", NOW, reading(1, { uptime: 1, cmdFlush: 4 })],
    ["when the node did not count it", NOW, reading(1, { lastFlushMs: AT })],
    ["when the node reports no cmd_flush", NOW, reading(1, { cmdFlush: null, lastFlushMs: AT })],
    ["when the last one took effect long before", NOW, reading(1, { cmdFlush: 4, lastFlushMs: AT - 60_000 })],
    ["when one is pending instead", NOW, reading(1, { cmdFlush: 4, pendingFlushMs: AT + 60_000 })],
    ["when it took effect at once instead of later", LATER, reading(1, { cmdFlush: 4, lastFlushMs: AT })],
    ["when it is pending for another time", LATER, reading(1, { cmdFlush: 4, pendingFlushMs: AT + 60_000 })],
  ] as const)("%s", (_, input, after) => {
    expect(verifyFlush(input, reading(0), after).verified).toBe(false);
  });
});

it("a hit ratio between two readings is of the gets between them", () => {
  const earlier = reading(0, { getHits: 900, getMisses: 100 });
  expect(hitRatioBetween(earlier, reading(5, { getHits: 930, getMisses: 110 }))).toBe(0.75);
  expect(hitRatioBetween(earlier, reading(5, { getHits: 900, getMisses: 100 }))).toBeNull();
  expect(hitRatioBetween(earlier, reading(5, { getHits: 3, getMisses: 1 }))).toBeNull();
  expect(hitRatioBetween(earlier, reading(5, { pid: 8, getHits: 930, getMisses: 110 }))).toBeNull();
});

it.each([
  ["1.4.25", null, "fallWhenFetched"],
  ["1.4.25", true, "fallWhenFetched"],
  ["1.5.6", true, "unknown"],
  ["1.6.18", true, "fallWithinSeconds"],
  ["1.6.18", false, "fallWhenFetched"],
  ["1.6.18", null, "unknown"],
  ["1.10.0", true, "fallWithinSeconds"],
  [null, true, "unknown"],
] as const)("items after a flush of %s with a maintainer: %s: %s", (version, maintainer, expected) => {
  expect(itemsAfterwards(version, maintainer)).toBe(expected);
});
