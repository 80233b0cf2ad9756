/** The samples of a load test, taken from its progress once a second. Pure. */
import type { ChartData } from "@/components/charts/chart-data";
import type { Measurements } from "@/lib/model/actions/action.schema";

export interface LoadSample {
  readonly atMs: number;
  readonly operationsPerSecond: number | null;
  readonly p99Ms: number | null;
}

/** Adds a sample when it differs from the last; the same list otherwise. */
export function withSample(
  samples: readonly LoadSample[],
  atMs: number,
  after: Measurements | null,
): readonly LoadSample[] {
  const last = samples.at(-1);
  const operationsPerSecond = after?.operationsPerSecond ?? null;
  const p99Ms = after?.p99Ms ?? null;
  if (operationsPerSecond === null && p99Ms === null) return samples;
  if (last?.operationsPerSecond === operationsPerSecond && last.p99Ms === p99Ms) return samples;
  return [...samples, { atMs, operationsPerSecond, p99Ms }];
}

/** Requests answered per second over time. */
export function loadChart(samples: readonly LoadSample[], label: string): ChartData | null {
  const [first] = samples;
  const last = samples.at(-1);
  if (first === undefined || last === undefined || samples.length < 2) return null;
  return {
    unit: "perSecond",
    fromMs: first.atMs,
    toMs: last.atMs + 1_000,
    stepMs: 1_000,
    intervalMs: 0,
    atMs: samples.map(({ atMs }) => atMs),
    lines: [
      {
        key: "operations",
        label,
        metric: "operations",
        node: null,
        tone: "s1",
        dash: null,
        area: true,
        values: samples.map(({ operationsPerSecond }) => operationsPerSecond),
      },
    ],
    limits: [],
    markers: [],
  };
}
