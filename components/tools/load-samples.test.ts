import { describe, expect, it } from "vitest";
import { type LoadSample, loadChart, withSample } from "./load-samples";

describe("the samples of a load test", () => {
  it("grow by new samples only", () => {
    let samples: readonly LoadSample[] = [];
    samples = withSample(samples, 1_000, null);
    expect(samples).toEqual([]);
    samples = withSample(samples, 2_000, { operationsPerSecond: 10, p99Ms: 1 });
    const same = withSample(samples, 2_500, { operationsPerSecond: 10, p99Ms: 1 });
    expect(same).toBe(samples);
    samples = withSample(samples, 3_000, { operationsPerSecond: 12, p99Ms: 1 });
    expect(samples.map(({ atMs }) => atMs)).toEqual([2_000, 3_000]);
  });

  it("are drawn from the second sample on, over the time they cover", () => {
    const samples = [
      { atMs: 1_000, operationsPerSecond: 5, p99Ms: null },
      { atMs: 2_000, operationsPerSecond: null, p99Ms: 2 },
    ];
    expect(loadChart(samples.slice(0, 1), "x")).toBeNull();
    const chart = loadChart(samples, "x");
    expect(chart).toMatchObject({ fromMs: 1_000, toMs: 3_000, atMs: [1_000, 2_000] });
    expect(chart?.lines[0]?.values).toEqual([5, null]);
  });
});
