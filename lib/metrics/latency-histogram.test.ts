import fc from "fast-check";
import { expect, it } from "vitest";
import { LatencyHistogram } from "./latency-histogram";

function filled(durationsMs: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const ms of durationsMs) histogram.add(ms);
  return histogram;
}

const SHARES = [0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999, 1];
const duration = fc.oneof(
  fc.double({ min: 0, max: 0.2, noNaN: true }),
  fc.double({ min: 0, max: 50, noNaN: true }),
  fc.double({ min: 0, max: 3_600_000, noNaN: true }),
);

it("a percentile is that of the sorted durations, or at most 1/64 and a microsecond above it", () => {
  fc.assert(
    fc.property(fc.array(duration, { minLength: 1, maxLength: 300 }), (durations) => {
      const histogram = filled(durations);
      const sorted = [...durations].sort((a, b) => a - b);
      for (const share of SHARES) {
        const exact = sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
        const estimate = histogram.percentileMs(share) ?? Number.NaN;
        expect(estimate).toBeGreaterThanOrEqual(exact);
        expect(estimate).toBeLessThanOrEqual((exact + 0.001) * (1 + 1 / 64) + 1e-9);
      }
      expect(histogram.maxMs).toBe(sorted.at(-1));
      expect(histogram.minMs).toBe(sorted[0]);
      expect(histogram.count).toBe(sorted.length);
    }),
    { numRuns: 500 },
  );
});

it("percentiles worked out by hand", () => {
  const histogram = filled(Array.from({ length: 100 }, (_, n) => (n + 1) / 1_000));
  expect(SHARES.map((share) => histogram.percentileMs(share))).toEqual([
    0.001, 0.025, 0.05, 0.09, 0.095, 0.099, 0.1, 0.1,
  ]);
});

it("nothing measured is null, not zero", () => {
  const histogram = new LatencyHistogram();
  expect([histogram.percentileMs(0.5), histogram.minMs, histogram.maxMs]).toEqual([null, null, null]);
});

it("what is longer than the last bucket still counts, and the longest is exact", () => {
  const histogram = filled([1, 86_400_000]);
  expect(histogram.count).toBe(2);
  expect(histogram.maxMs).toBe(86_400_000);
  expect(histogram.percentileMs(0.5)).toBeCloseTo(1, 1);
});
