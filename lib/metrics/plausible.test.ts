import { describe, expect, it } from "vitest";
import { emptyValues, requiredSlot } from "@/lib/catalogue/stats";
import { dropImplausible, plausibleLevel } from "./plausible";
import { joinSlabs } from "./slabs";

const NOW = 1_700_000_000;

function plausible(stats: Record<string, number>, name: string): number {
  const values = emptyValues();
  for (const [stat, value] of Object.entries({ time: NOW, uptime: 60, ...stats })) {
    values[requiredSlot(stat)] = value;
  }
  dropImplausible(values);
  return values[requiredSlot(name)] as number;
}

describe("a sample", () => {
  it.each([
    ["bytes", -1],
    ["bytes", 2 ** 64],
    ["limit_maxbytes", -1],
    ["limit_maxbytes", 2 ** 64],
    ["curr_items", 2 ** 64],
    ["curr_items", 4294967290],
    ["curr_connections", 4294967295],
    ["curr_connections", -3],
    ["max_connections", -1],
    ["max_connections", 4294967295],
    ["threads", 4294967295],
    ["extstore_io_queue", 2 ** 64],
    ["cmd_get", -5],
    ["evictions", 2 ** 64],
  ])("does not report %s %d", (name, value) => {
    expect(plausible({ [name]: value }, name)).toBeNaN();
  });

  it.each([
    ["bytes", 4294967290],
    ["limit_maxbytes", 2 ** 40],
    ["curr_connections", 0],
    ["curr_items", 4_000_000_000, { bytes: 400_000_000_000 }],
    ["total_connections", 4294967295],
    ["uptime", 600_000_000],
  ])("reports %s %d", (name, value, more: Record<string, number> = {}) => {
    expect(plausible({ ...more, [name]: value }, name)).toBe(value);
  });

  it.each([
    ["greater than the time", { uptime: NOW + 5 }],
    ["of a start in 1970", { uptime: NOW - 1_000 }],
    ["of a start before 2003", { uptime: NOW - 1_041_379_199 }],
    ["with a clock in 1970", { time: 1_000, uptime: 60 }],
    ["negative", { uptime: -5 }],
  ])("does not report an uptime that is %s", (_, stats) => {
    expect(plausible(stats, "uptime")).toBeNaN();
  });

  it("keeps an uptime without time", () => {
    expect(plausible({ time: Number.NaN, uptime: 60 }, "uptime")).toBe(60);
  });
});

describe("levels of the slower groups", () => {
  it.each([
    ["maxconns", -1],
    ["number", 4294967295],
    ["free_chunks", 4294967290],
    ["mem_requested", 2 ** 64],
  ])("do not have %s %d", (name, value) => {
    expect(plausibleLevel(name, value)).toBeNaN();
  });

  it("keep large numbers of 64 bits", () => {
    expect(plausibleLevel("mem_requested", 4294967295)).toBe(4294967295);
  });

  it("are not reported in the table of slab classes", () => {
    const { classes } = joinSlabs(
      [
        ["1:used_chunks", "4294967295"],
        ["1:chunk_size", "96"],
      ],
      [
        ["items:1:number", "4294967295"],
        ["items:1:mem_requested", "18446744073709551000"],
      ],
    );
    expect(classes[0]).toMatchObject({ usedChunks: null, items: null, memRequested: null, chunkSize: 96 });
  });
});
