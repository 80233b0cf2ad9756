import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Ping } from "@/lib/model/node/keys.schema";
import { pingColumns } from "./ping-columns";

const pings = (times: readonly (number | null)[]): Ping[] =>
  times.map((roundTripMs, sequence) => ({ sequence, atMs: sequence, roundTripMs, error: null }));

describe("the round-trip time distribution", () => {
  it("counts every answered ping once, in the matching column", () => {
    const time = fc.double({ min: 0.01, max: 5_000, noNaN: true });
    fc.assert(
      fc.property(fc.array(time, { minLength: 1, maxLength: 300 }), (times) => {
        const columns = pingColumns(pings(times));
        expect(columns.reduce((sum, { count }) => sum + count, 0)).toBe(times.length);
        expect(columns.length).toBeLessThanOrEqual(42);
        expect(columns[0]?.count).toBeGreaterThan(0);
        expect(columns.at(-1)?.count).toBeGreaterThan(0);
      }),
    );
  });

  it("omits unanswered pings", () => {
    expect(pingColumns(pings([null, null]))).toEqual([]);
    expect(pingColumns(pings([1, null, 1])).map(({ count }) => count)).toEqual([2]);
  });

  it("uses round column widths", () => {
    const [first, second] = pingColumns(pings([0.1, 0.2, 0.3, 0.9]));
    expect(first?.fromMs).toBeCloseTo(0.1);
    expect((second?.fromMs ?? 0) - (first?.fromMs ?? 0)).toBeCloseTo(0.1);
  });
});
