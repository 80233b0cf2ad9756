import { describe, expect, it } from "vitest";
import { STATS } from "@/lib/catalogue/stats";
import { DERIVED_METRICS, metricNames, metricOf, pointOf, statsNeeded } from "./derive";

const metric = (name: string) => {
  const found = metricOf(name);
  if (!found) throw new Error(`no metric ${name}`);
  return found;
};
const nothing = () => Number.NaN;

describe("derived metrics", () => {
  it("divide hits by gets once, from sums", () => {
    const sums: Record<string, number> = { get_hits: 30, get_misses: 10 };
    expect(pointOf(metric("hit_ratio"), (name) => sums[name] as number, nothing)).toBe(0.75);
  });

  it("have no hit ratio without gets", () => {
    expect(pointOf(metric("hit_ratio"), () => 0, nothing)).toBeNull();
  });

  it("are unknown when a stat they need is unknown", () => {
    for (const one of DERIVED_METRICS) expect(pointOf(one, nothing, nothing)).toBeNull();
  });

  it("show Memfleet's stats latency in seconds", () => {
    expect(pointOf(metric("latency"), () => 1_500, nothing)).toBe(0.0015);
  });

  it("need only stats of the catalogue", () => {
    expect(() => statsNeeded(DERIVED_METRICS)).not.toThrow();
    expect(statsNeeded([metric("hit_ratio"), metric("misses")])).toEqual(["get_hits", "get_misses"]);
  });

  it("include every counter and gauge by memcached's own name, and the names of the HTTP interface", () => {
    for (const stat of STATS) expect(metricOf(stat.name) === undefined).toBe(stat.kind === "info");
    const promised =
      "hit_ratio memory_use bytes limit_maxbytes curr_connections curr_items gets sets hits misses deletes evictions reclaimed expired_unfetched evicted_unfetched connections_opened bytes_read bytes_written cpu_user cpu_system latency";
    expect(promised.split(" ").filter((name) => !metricNames().includes(name))).toEqual([]);
  });
});
