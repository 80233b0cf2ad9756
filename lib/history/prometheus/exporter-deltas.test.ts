import fc from "fast-check";
import { expect, it } from "vitest";
import { counterDeltas } from "./exporter-deltas";
import { termsOf } from "./exporter-names";

const row = (...values: number[]) => Float64Array.from(values);
const _ = Number.NaN;

it("assigns the difference of two samples to the bucket of the later one", () => {
  const { elapsed, counters } = counterDeltas(
    {
      stepSeconds: 10,
      uptime: row(100, 110, 120, 130),
      time: row(1_100, 1_110, 1_120, 1_130),
      counters: [[row(5, 7, 7, 12)], [row(1, 2, 3, 4), row(10, 20, 30, 40)]],
    },
    1,
  );
  expect(Array.from(elapsed)).toEqual([10, 10, 10]);
  expect(Array.from(counters[0] ?? [])).toEqual([2, 0, 5]);
  expect(Array.from(counters[1] ?? [])).toEqual([11, 11, 11]);
});

it("spans buckets without a sample, with the seconds that it covers", () => {
  const collected = {
    stepSeconds: 10,
    uptime: row(100, _, _, 130),
    time: row(1_100, _, _, 1_130),
    counters: [[row(5, _, _, 12)]],
  };
  const { elapsed, counters } = counterDeltas(collected, 1);
  expect(Array.from(elapsed)).toEqual([_, _, 30]);
  expect(Array.from(counters[0] ?? [])).toEqual([_, _, 7]);
});

it("has a gap where a node restarted, also when its counters have overtaken their old values", () => {
  const collected = {
    stepSeconds: 10,
    uptime: row(10, 300, 310),
    time: row(1_000, 1_400, 1_410),
    counters: [[row(5, 900, 901)]],
  };
  const { elapsed, counters } = counterDeltas(collected, 0);
  expect(Array.from(elapsed)).toEqual([_, _, 10]);
  expect(Array.from(counters[0] ?? [])).toEqual([_, _, 1]);
  const fell = counterDeltas(
    { stepSeconds: 10, uptime: row(99, 3), time: row(_, _), counters: [[row(5, 6)]] },
    0,
  );
  expect(Array.from(fell.counters[0] ?? [])).toEqual([_, _]);
});

it("has a gap where an uptime without a clock grew less than the time between the samples", () => {
  const uptime = row(100, 110, _, _, _, _, 125, 135);
  const counters = [[row(5, 6, _, _, _, _, 900, 905)]];
  const { elapsed, counters: found } = counterDeltas(
    { stepSeconds: 10, uptime, time: row(_, _, _, _, _, _, _, _), counters },
    0,
  );
  expect(Array.from(elapsed)).toEqual([_, 10, _, _, _, _, _, 10]);
  expect(Array.from(found[0] ?? [])).toEqual([_, 1, _, _, _, _, _, 5]);
});

it("divides by the time between the samples where the server's clock stood still", () => {
  const clock = row(100, _, _, _, _, 101);
  const { elapsed } = counterDeltas({ stepSeconds: 10, uptime: clock, time: clock, counters: [] }, 0);
  expect(elapsed[5]).toBe(40);
});

it("has a gap for a counter that fell alone, and for one that is known at one end only", () => {
  const collected = {
    stepSeconds: 10,
    uptime: row(10, 20),
    time: row(1_010, 1_020),
    counters: [[row(5, 4)], [row(_, 9)], [row(1, 2), row(9, 3)]],
  };
  const { elapsed, counters } = counterDeltas(collected, 0);
  expect(elapsed[1]).toBe(10);
  expect(counters.map((one) => one[1])).toEqual([_, _, _]);
});

it("adds up to the complete difference, however the samples are spread", () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat(1_000)), { minLength: 2, maxLength: 50 }), (steps) => {
      let total = 0;
      let seconds = 1_000;
      const values = steps.map((step) => {
        seconds += 10;
        if (step === null) return [_, _];
        total += step;
        return [total, seconds];
      });
      const uptime = Float64Array.from(values, ([, one]) => one as number);
      const counter = Float64Array.from(values, ([one]) => one as number);
      const { elapsed, counters } = counterDeltas(
        { stepSeconds: 10, uptime, time: uptime, counters: [[counter]] },
        0,
      );
      const sum = (of: Float64Array | undefined) =>
        Array.from(of ?? []).reduce((before, one) => before + (Number.isNaN(one) ? 0 : one), 0);
      const known = Array.from(counter).filter((one) => !Number.isNaN(one));
      const times = Array.from(uptime).filter((one) => !Number.isNaN(one));
      expect(sum(counters[0])).toBe(known.length < 2 ? 0 : (known.at(-1) as number) - (known[0] as number));
      expect(sum(elapsed)).toBe(times.length < 2 ? 0 : (times.at(-1) as number) - (times[0] as number));
    }),
  );
});

it.each([
  ["get_hits", ['memcached_commands_total{command="get",status="hit"}']],
  ["curr_connections", ["memcached_current_connections{}"]],
  ["max_connections", ["memcached_max_connections{}"]],
  ["evictions", ["memcached_items_evicted_total{}"]],
  ["rusage_user", ["memcached_process_user_cpu_seconds_total{}"]],
  ["latency", ["memfleet_node_latency_seconds{}"]],
  [
    "cmd_get",
    [
      'memcached_commands_total{command="get",status="hit"}',
      'memcached_commands_total{command="get",status="miss"}',
    ],
  ],
  [
    "cmd_set",
    [
      'memcached_commands_total{command="set",status="hit"}',
      'memcached_commands_total{command="cas",status="hit"}',
      'memcached_commands_total{command="cas",status="miss"}',
      'memcached_commands_total{command="cas",status="badval"}',
    ],
  ],
])("%s is collected under the names that memcached_exporter gives it", (stat, series) => {
  expect(termsOf(stat)?.map(({ metric, labels }) => `${metric}{${labels}}`)).toEqual(series);
});

it("has stats that no exporter collects", () => {
  expect(termsOf("hash_bytes")).toBeNull();
  expect(termsOf("no_such_stat")).toBeNull();
});
