/** Reads series that Memfleet wrote: the engine sums, nothing is extrapolated. */
import { STATS } from "@/lib/catalogue/stats";
import type { HistoryQuery, HistoryResult } from "../contract";
import { Buckets } from "./buckets";
import { DIFFERENCE, ELAPSED, LEVEL } from "./memfleet-names";
import { equalTo, groupsOf, matcher, selector } from "./promql";
import type { MatchedSeries, QueryClient } from "./query-client";

const KINDS: ReadonlyMap<string, string> = new Map(STATS.map((stat) => [stat.name, stat.kind]));

export async function readMemfleetSeries(
  client: QueryClient,
  externalLabels: Readonly<Record<string, string>>,
  query: HistoryQuery,
): Promise<HistoryResult> {
  return new MemfleetSeries(client, equalTo(externalLabels), query).read();
}

class MemfleetSeries {
  private readonly buckets: Buckets;
  private readonly counters: readonly string[];
  private readonly gauges: readonly string[];
  private readonly window: string;

  constructor(
    private readonly client: QueryClient,
    private readonly external: readonly string[],
    private readonly query: HistoryQuery,
  ) {
    this.buckets = new Buckets(query);
    this.counters = [...new Set([...query.stats.filter((stat) => KINDS.get(stat) === "counter")]), ELAPSED];
    this.gauges = [...new Set(query.stats.filter((stat) => KINDS.get(stat) === "gauge"))];
    this.window = `[${query.stepMs}ms]`;
  }

  read(): Promise<HistoryResult> {
    return this.query.combine === "sum" ? this.readSum() : this.readEach();
  }

  private async readEach(): Promise<HistoryResult> {
    const { nodes, stats } = this.query;
    const at = new Map(nodes.map((node, index) => [node, index]));
    const rows = new Map(
      [...this.counters, ...this.gauges].map((stat) => [stat, nodes.map(() => this.buckets.empty())]),
    );
    const perNode = this.buckets.length * (this.counters.length + this.gauges.length);
    await this.forGroups(groupsOf(nodes, perNode), async (group) => {
      const found = await Promise.all([
        this.evaluate(this.differences(group)),
        this.evaluateLevels(this.levels(group)),
      ]);
      for (const { metric, points } of found.flat()) {
        const row = rows.get(metric.stat ?? "")?.[at.get(metric.instance ?? "") ?? -1];
        if (row !== undefined) this.buckets.fill(row, points);
      }
    });
    const absent = () => nodes.map(() => this.buckets.empty());
    return {
      stepMs: this.query.stepMs,
      atMs: this.buckets.atMs,
      rows: stats.map((stat) => rows.get(stat) ?? absent()),
      elapsed: rows.get(ELAPSED) ?? absent(),
    };
  }

  private async readSum(): Promise<HistoryResult> {
    const sums = new Map([...this.counters, ...this.gauges].map((stat) => [stat, this.buckets.empty()]));
    const rates = new Map(this.counters.map((stat) => [stat, this.buckets.empty()]));
    await this.forGroups(groupsOf(this.query.nodes, this.buckets.length), async (group) => {
      const differences = this.differences(group);
      const elapsed = this.differences(group, [ELAPSED], "instance");
      const [summed, levels, rated] = await Promise.all([
        this.evaluate(`sum by (stat) (${differences})`),
        this.evaluateLevels(`sum by (stat) (${this.levels(group)})`),
        this.counters.length === 1
          ? []
          : this.evaluate(`sum by (stat) (${differences} / on (instance) group_left () (${elapsed} > 0))`),
      ]);
      this.addSums(sums, [...summed, ...levels]);
      this.addSums(rates, rated);
    });
    const { stats, stepMs } = this.query;
    return {
      stepMs,
      atMs: this.buckets.atMs,
      rows: stats.map((stat) => [sums.get(stat) ?? this.buckets.empty()]),
      elapsed: [sums.get(ELAPSED) ?? this.buckets.empty()],
      rates: stats.map((stat) => rates.get(stat) ?? this.buckets.empty()),
    };
  }

  /** Adds the sums of one group of nodes to those of the others. */
  private addSums(into: ReadonlyMap<string, Float64Array>, found: readonly MatchedSeries[]): void {
    for (const { metric, points } of found) {
      const row = into.get(metric.stat ?? "");
      if (row === undefined) continue;
      const groupSums = this.buckets.empty();
      this.buckets.fill(groupSums, points);
      groupSums.forEach((value, index) => {
        const before = row[index] as number;
        if (!Number.isNaN(value)) row[index] = Number.isNaN(before) ? value : before + value;
      });
    }
  }

  /** One series for each node and counter, even if several processes wrote it. */
  private differences(nodes: readonly string[], stats = this.counters, by = "instance, stat"): string {
    const series = selector(DIFFERENCE, [
      ...this.external,
      matcher("stat", stats),
      matcher("instance", nodes),
    ]);
    return `max by (${by}) (sum_over_time(${series}${this.window}))`;
  }

  private levels(nodes: readonly string[]): string {
    const series = selector(LEVEL, [
      ...this.external,
      matcher("stat", this.gauges),
      matcher("instance", nodes),
    ]);
    const over = this.query.gauges === "largest" ? "max_over_time" : "last_over_time";
    return `max by (instance, stat) (${over}(${series}${this.window}))`;
  }

  private evaluate(expression: string): Promise<MatchedSeries[]> {
    return this.client.range({ expression, ...this.buckets.moments() });
  }

  private async evaluateLevels(expression: string): Promise<MatchedSeries[]> {
    return this.gauges.length === 0 ? [] : this.evaluate(expression);
  }

  private async forGroups(groups: string[][], read: (group: string[]) => Promise<void>): Promise<void> {
    await Promise.all(groups.map(read));
  }
}
