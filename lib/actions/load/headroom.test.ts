import { describe, expect, it } from "vitest";
import { ACTION_INPUTS } from "@/lib/model/actions/action.schema";
import { itemsOf, refusalReason } from "./headroom";

const MIB = 1_048_576;
const input = (more: Readonly<Record<string, unknown>>) => ACTION_INPUTS.load_test.parse(more);
const stats = (values: Readonly<Record<string, number>>) => (name: string) => values[name] ?? null;

const ROOMY = { limit_maxbytes: 64 * MIB, bytes: 0, curr_connections: 10, max_connections: 1_024 };

describe("the room for a load test", () => {
  it("counts the items that it can store at all", () => {
    expect(itemsOf(input({ keys: 1_000, seconds: 10, operationsPerSecond: 50 }))).toBe(500);
    expect(itemsOf(input({ keys: 100, seconds: 10, operationsPerSecond: 50 }))).toBe(100);
    expect(itemsOf(input({ keys: 100, setShare: 0 }))).toBe(0);
  });

  it("exists on an empty node, and on a full one when nothing is stored", () => {
    expect(refusalReason(input({}), stats(ROOMY), stats({ total_malloced: 0 }), [])).toBeNull();
    const full = stats({ ...ROOMY, bytes: 64 * MIB });
    expect(refusalReason(input({ setShare: 0 }), full, stats({ total_malloced: 64 * MIB }), [])).toBeNull();
  });

  it("is missing when the values are larger than the free memory", () => {
    const plan = input({ keys: 1_000, valueBytes: 10_000, operationsPerSecond: 1_000 });
    const reason = refusalReason(
      plan,
      stats({ ...ROOMY, bytes: 60 * MIB }),
      stats({ total_malloced: 0 }),
      [],
    );
    // 1,000 × (10,000 + 100) × 1.3 = 13,130,000 bytes against 4 MiB.
    expect(reason).toMatch(/about 13130000 bytes, but only 4194304 of 67108864 are free/);
  });

  it("is missing when bytes are free but no page is", () => {
    const general = stats({ ...ROOMY, bytes: 10 * MIB });
    const slabs = stats({
      total_malloced: 64 * MIB,
      "5:chunk_size": 600,
      "5:free_chunks": 900,
      "9:chunk_size": 2_000,
    });
    const plan = input({ keys: 1_000, valueBytes: 400 });
    expect(refusalReason(plan, general, slabs, [5, 9])).toMatch(
      /room for 900 more items of 400 bytes, not for 1000/,
    );
    expect(refusalReason(input({ keys: 900, valueBytes: 400 }), general, slabs, [5, 9])).toBeNull();
    // The free chunks of a class for much larger items are not where these go.
    const other = stats({ total_malloced: 64 * MIB, "9:chunk_size": 2_000, "9:free_chunks": 5_000 });
    expect(refusalReason(plan, general, other, [9])).toMatch(/room for 0 more items/);
    const pooled = stats({ ...ROOMY, bytes: 10 * MIB, slab_global_page_pool: 1 });
    expect(refusalReason(plan, pooled, other, [9])).toBeNull();
  });

  it("is unknown on a node that does not report its memory", () => {
    expect(refusalReason(input({}), stats({}), stats({}), [])).toMatch(/free memory is unknown/);
  });

  it("includes connections", () => {
    const busy = stats({ ...ROOMY, curr_connections: 1_000 });
    expect(refusalReason(input({ connections: 14 }), busy, stats({ total_malloced: 0 }), [])).toBeNull();
    expect(refusalReason(input({ connections: 15 }), busy, stats({ total_malloced: 0 }), [])).toMatch(
      /24 of 1024 connections are free/,
    );
  });
});
