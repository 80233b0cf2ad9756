import fc from "fast-check";
import { expect, it } from "vitest";
import { TokenBucket } from "./token-bucket";

/** Takes as many permits as there are at each moment; returns the moments of the permits. */
function permits(perSecond: number, steps: readonly number[]): number[] {
  const pace = new TokenBucket(perSecond, 0);
  const taken: number[] = [];
  let now = 0;
  for (const step of steps) {
    now += step;
    while (pace.take(now)) taken.push(now);
  }
  return taken;
}

const rate = fc.integer({ min: 1, max: 50_000 });
const steps = fc.array(fc.double({ min: 0, max: 200, noNaN: true }), { maxLength: 60 });

it("no span of time has more permits than its share of the rate and 20 ms of it", () => {
  fc.assert(
    fc.property(rate, steps, (perSecond, waits) => {
      const taken = permits(perSecond, waits);
      const most = Math.max(1, perSecond / 50);
      for (let from = 0; from < taken.length; from += Math.ceil(taken.length / 20)) {
        for (let to = from; to < taken.length; to += Math.ceil(taken.length / 20)) {
          const seconds = ((taken[to] ?? 0) - (taken[from] ?? 0)) / 1_000;
          expect(to - from).toBeLessThanOrEqual(perSecond * seconds + most + 1e-6);
        }
      }
    }),
  );
});

it("at no time were there more than the rate allows since the start", () => {
  fc.assert(
    fc.property(rate, steps, (perSecond, waits) => {
      permits(perSecond, waits).forEach((atMs, index) => {
        expect(index + 1).toBeLessThanOrEqual((perSecond * atMs) / 1_000 + 1e-6);
      });
    }),
  );
});

it("polled often enough, it grants the full rate", () => {
  const everyMs = Array.from({ length: 1_000 }, () => 1);
  expect(permits(1, everyMs)).toHaveLength(1);
  expect(permits(250, everyMs).length).toBeGreaterThanOrEqual(249);
  expect(permits(50_000, everyMs).length).toBeGreaterThanOrEqual(49_999);
});

it("returns how long the next permit takes", () => {
  const pace = new TokenBucket(100, 0);
  expect(pace.take(4)).toBe(false);
  expect(pace.waitMs).toBeCloseTo(6);
});
