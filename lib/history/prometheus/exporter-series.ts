/** Reads series that were collected under memcached_exporter's names. */
import { STATS } from "@/lib/catalogue/stats";
import { plausibleLevel } from "@/lib/metrics/plausible";
import type { HistoryQuery, HistoryResult } from "../contract";
import { Buckets } from "./buckets";
import { counterDeltas } from "./exporter-deltas";
import { type Term, TIME, termsOf, UPTIME } from "./exporter-names";
import { equalTo, groupsOf, matcher, selector } from "./promql";
import type { QueryClient } from "./query-client";

/** How far back the sample before the first bucket is searched. */
const LOOK_BACK_MS = 300_000;

const KINDS: ReadonlyMap<string, string> = new Map(STATS.map((stat) => [stat.name, stat.kind]));
const CLOCKS: readonly Term[] = [UPTIME, TIME].map((metric) => ({ metric, labels: "", scale: 1 }));

/** `collectedMs`: interval between samples; no bucket is narrower. */
export function readExporterSeries(
  client: QueryClient,
  externalLabels: Readonly<Record<string, string>>,
  query: HistoryQuery,
  collectedMs: number,
): Promise<HistoryResult> {
  const stepMs = query.stepMs * Math.max(1, Math.ceil(collectedMs / query.stepMs));
  return new ExporterSeries(client, equalTo(externalLabels), { ...query, stepMs }).read();
}

type Rows = Map<string, Float64Array>;

class ExporterSeries {
  private readonly buckets: Buckets;
  private readonly earlier: number;
  private readonly counters: readonly string[];
  private readonly gauges: readonly string[];

  constructor(
    private readonly client: QueryClient,
    private readonly external: readonly string[],
    private readonly query: HistoryQuery,
  ) {
    this.buckets = new Buckets(query);
    this.earlier = Math.max(1, Math.ceil(LOOK_BACK_MS / query.stepMs));
    const collected = query.stats.filter((stat) => termsOf(stat) !== null);
    this.counters = collected.filter((stat) => KINDS.get(stat) === "counter");
    this.gauges = collected.filter((stat) => KINDS.get(stat) === "gauge");
  }

  async read(): Promise<HistoryResult> {
    const { nodes, stats, stepMs, combine } = this.query;
    const elapsed = nodes.map(() => this.buckets.empty());
    const rows = new Map(stats.map((stat) => [stat, nodes.map(() => this.buckets.empty())]));
    const at = new Map(nodes.map((node, index) => [node, index]));
    const put = (into: Float64Array[] | undefined, node: string, row: Float64Array) => {
      if (into !== undefined) into[at.get(node) as number] = row;
    };
    const series = this.counters.length * 2 + this.gauges.length + CLOCKS.length;
    await Promise.all(
      groupsOf(nodes, (this.buckets.length + this.earlier) * series).map(async (group) => {
        const levels = await Promise.all(this.gauges.map((stat) => this.levels(stat, group)));
        this.gauges.forEach((stat, index) => {
          for (const [node, row] of levels[index] ?? []) put(rows.get(stat), node, row);
        });
        for (const [node, found] of await this.differences(group)) {
          put(elapsed, node, found.elapsed);
          this.counters.forEach((stat, index) => {
            put(rows.get(stat), node, found.counters[index] as Float64Array);
          });
        }
      }),
    );
    const each = stats.map((stat) => rows.get(stat) ?? []);
    const { atMs } = this.buckets;
    if (combine === "each") return { stepMs, atMs, rows: each, elapsed };
    return {
      stepMs,
      atMs,
      rows: each.map((nodeRows) => [this.sum(nodeRows)]),
      elapsed: [this.sum(elapsed)],
      rates: stats.map((stat, index) =>
        KINDS.get(stat) === "counter"
          ? this.sum((each[index] ?? []).map((row, node) => divided(row, elapsed[node] as Float64Array)))
          : this.buckets.empty(),
      ),
    };
  }

  private async differences(group: readonly string[]) {
    const terms = this.counters.map((stat) => termsOf(stat) ?? []);
    // A series that several stats share is read once.
    const unique = new Map([...CLOCKS, ...terms.flat()].map((term) => [keyOf(term), term]));
    const read = await Promise.all(
      [...unique].map(async ([key, term]) => [key, await this.collected(term, group)] as const),
    );
    const byTerm = new Map<string, Rows>(read);
    const [uptime, time] = CLOCKS.map((term) => byTerm.get(keyOf(term)));
    const unknown = () => new Float64Array(this.buckets.length + this.earlier).fill(Number.NaN);
    return Array.from(uptime ?? [], ([node, row]) => {
      const counters = terms.map((parts) =>
        parts.map((term) => byTerm.get(keyOf(term))?.get(node) ?? unknown()),
      );
      const stepSeconds = this.query.stepMs / 1_000;
      const collected = { stepSeconds, uptime: row, time: time?.get(node) ?? unknown(), counters };
      return [node, counterDeltas(collected, this.earlier)] as const;
    });
  }

  /** The newest sample of each bucket, buckets before the first included. */
  private async collected(term: Term, group: readonly string[]): Promise<Rows> {
    const moments = this.buckets.moments(this.earlier);
    const expression = this.expression("last_over_time", term, group);
    const rows: Rows = new Map();
    for (const { metric, points } of await this.client.range({ expression, ...moments })) {
      const row = new Float64Array(this.buckets.length + this.earlier).fill(Number.NaN);
      for (const [atSeconds, text] of points) {
        const index = this.buckets.indexOf(atSeconds) + this.earlier;
        if (index >= 0 && index < row.length) row[index] = Number(text);
      }
      rows.set(metric.instance ?? "", row);
    }
    return rows;
  }

  private async levels(stat: string, group: readonly string[]): Promise<Rows> {
    const [term] = termsOf(stat) ?? [];
    const rows: Rows = new Map();
    if (term === undefined) return rows;
    const over = this.query.gauges === "largest" ? "max_over_time" : "last_over_time";
    const expression = this.expression(over, term, group);
    for (const { metric, points } of await this.client.range({ expression, ...this.buckets.moments() })) {
      const row = this.buckets.empty();
      this.buckets.fill(row, points);
      rows.set(
        metric.instance ?? "",
        row.map((value) => plausibleLevel(stat, value) * term.scale),
      );
    }
    return rows;
  }

  private expression(over: string, { metric, labels }: Term, group: readonly string[]): string {
    const matchers = labels === "" ? [] : [labels];
    const series = selector(metric, [...this.external, ...matchers, matcher("instance", group)]);
    return `max by (instance) (${over}(${series}[${this.query.stepMs}ms]))`;
  }

  private sum(rows: readonly Float64Array[]): Float64Array {
    const sum = this.buckets.empty();
    for (const row of rows) {
      for (let at = 0; at < sum.length; at++) {
        const value = row[at] as number;
        const before = sum[at] as number;
        if (!Number.isNaN(value)) sum[at] = Number.isNaN(before) ? value : before + value;
      }
    }
    return sum;
  }
}

function keyOf({ metric, labels }: Term): string {
  return `${metric}{${labels}}`;
}

function divided(row: Float64Array, elapsed: Float64Array): Float64Array {
  return row.map((value, at) => ((elapsed[at] as number) > 0 ? value / (elapsed[at] as number) : Number.NaN));
}
