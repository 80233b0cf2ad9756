import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { slabsReplySchema } from "@/lib/model/node/inspection.schema";
import { ATTENTION_RULES } from "./attention";
import { joinSlabs, slabVerdict } from "./slabs";

function capture(version: string, name: string): [string, string][] {
  const text = readFileSync(`tests/fixtures/captures/${version}/${name}.txt`, "utf8");
  return [...text.matchAll(/^STAT (\S+) (.*?)\r?$/gm)].map(([, key = "", value = ""]) => [key, value]);
}

function joined(version: string) {
  const reply = joinSlabs(
    capture(version, "stats-slabs"),
    capture(version, "stats-items"),
    capture(version, "stats"),
  );
  return { ...reply, classOf: (id: number) => reply.classes.find((row) => row.id === id) };
}

describe("joining slab and item statistics", () => {
  it.each(["1.4.25", "1.5.5", "1.6.9", "1.6.18", "1.6.18-plain"])("gives a valid reply for %s", (version) => {
    const { classOf, ...reply } = joined(version);
    expect(slabsReplySchema.safeParse({ atMs: 1, ...reply }).success).toBe(true);
    expect(reply.classes).toHaveLength(reply.activeSlabs ?? -1);
    expect(reply.classes.map((row) => row.id)).toEqual(
      reply.classes.map((row) => row.id).toSorted((a, b) => a - b),
    );
    for (const row of reply.classes)
      expect(row.totalChunks).toBe((row.usedChunks ?? 0) + (row.freeChunks ?? 0));
  });

  it("takes mem_requested from the slabs of 1.4", () => {
    // 2 pages of 2,730 chunks of 384 bytes; 2,788 chunks used; 1,038,360 bytes requested.
    expect(joined("1.4.25").classOf(7)).toMatchObject({
      memHeld: 2_096_640,
      memRequested: 1_038_360,
      memWasted: 32_232,
      usedChunks: 2788,
      items: 2788,
    });
  });

  it("takes mem_requested from the items of 1.6", () => {
    // 2,788 × 384 − 1,016,056.
    expect(joined("1.6.18").classOf(7)).toMatchObject({ memRequested: 1_016_056, memWasted: 54_536 });
  });

  it("counts the first number_cold, which 1.4.25 sends twice", () => {
    expect(joined("1.4.25").classOf(3)).toMatchObject({
      items: 2785,
      itemsHot: 2131,
      itemsCold: 654,
      itemsTemp: null,
    });
  });

  it("takes the free pages from the general statistics", () => {
    expect(joined("1.6.18")).toMatchObject({ freePages: 29, totalMalloced: 67_108_864, activeSlabs: 7 });
    expect(joined("1.4.25")).toMatchObject({ freePages: 0, totalMalloced: 37_748_736, activeSlabs: 8 });
    expect(joinSlabs([], []).freePages).toBeNull();
  });

  it("leaves out nothing and invents nothing when a group lacks a class or a number", () => {
    const { classes } = joinSlabs(
      [
        ["2:chunk_size", "120"],
        ["2:total_pages", "many"],
        ["x:chunk_size", "1"],
      ],
      [["items:1:number", "5"]],
    );
    expect(
      classes.map((row) => [row.id, row.chunkSize, row.totalPages, row.items, row.memHeld, row.memWasted]),
    ).toEqual([
      [1, null, null, 5, null, null],
      [2, 120, null, null, null, null],
    ]);
  });

  it("never reports negative waste for items that span several chunks", () => {
    const { classes } = joinSlabs(
      [
        ["39:chunk_size", "524288"],
        ["39:used_chunks", "1"],
      ],
      [["items:39:mem_requested", "900000"]],
    );
    expect(classes[0]?.memWasted).toBe(0);
  });
});

describe("the verdict on a slab class", () => {
  const page = joinSlabs(
    [
      ["5:chunk_size", "240"],
      ["5:chunks_per_page", "4369"],
      ["5:total_pages", "3"],
      ["5:used_chunks", "13000"],
    ],
    [
      ["items:5:number", "13000"],
      ["items:5:mem_requested", "3000000"],
    ],
  ).classes[0];
  if (!page) throw new Error("no class");

  it("is healthy when nothing was evicted and pages are filled", () => {
    expect(slabVerdict(page)).toBe("healthy");
  });

  it("distinguishes eviction of unused items from eviction of items still in use", () => {
    const limit = ATTENTION_RULES.evictsYoungSeconds;
    expect(slabVerdict({ ...page, evicted: 9, evictedTimeSeconds: limit })).toBe("evicting");
    expect(slabVerdict({ ...page, evicted: 9, evictedTimeSeconds: limit - 1 })).toBe("starved");
    expect(slabVerdict({ ...page, evicted: 9, evictedTimeSeconds: null })).toBe("evicting");
    expect(slabVerdict({ ...page, evicted: 0, evictedTimeSeconds: 0 })).toBe("healthy");
  });

  it("names refused stores before anything else", () => {
    expect(slabVerdict({ ...page, evicted: 9, evictedTimeSeconds: 1, outOfMemory: 1 })).toBe("outOfMemory");
  });

  it("calls pages without items idle, and mostly empty pages wasteful", () => {
    expect(slabVerdict({ ...page, usedChunks: 0, items: 0 })).toBe("idle");
    // 3 pages hold 3,145,680 bytes; half of that is 1,572,840.
    expect(slabVerdict({ ...page, memRequested: 1_572_839 })).toBe("wasteful");
    expect(slabVerdict({ ...page, memRequested: 1_572_841 })).toBe("healthy");
    expect(slabVerdict({ ...page, totalPages: 1, memRequested: 1 })).toBe("healthy");
  });
});
