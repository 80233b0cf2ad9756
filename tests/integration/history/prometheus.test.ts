/** The shared body of tests over real engines. */
import { afterAll, beforeAll } from "vitest";
import type { History, HistoryQuery, MarkerQuery } from "@/lib/history/contract";
import { createPrometheusHistory, type PrometheusHistory } from "@/lib/history/prometheus/history";
import { testHistory } from "@/tests/history/contract-suite";
import type { Engine } from "@/tests/servers/engine";
import { startPrometheusEngine } from "@/tests/servers/prometheus-engine";
import { startVictoriaMetrics } from "@/tests/servers/victoria-metrics";

/** A history whose replies contain the latest writes, as after the second that engines may take to store them. */
class Visible implements History {
  constructor(
    readonly remote: PrometheusHistory,
    readonly fleet: string,
    private readonly engine: Engine,
  ) {}
  append: History["append"] = (sweep) => this.remote.append(sweep);
  mark: History["mark"] = (markers) => this.remote.mark(markers);
  health: History["health"] = () => this.remote.health();
  close: History["close"] = () => this.remote.close();
  async query(query: HistoryQuery) {
    await this.visible();
    return this.remote.query(query);
  }
  async markers(query: MarkerQuery) {
    await this.visible();
    return this.remote.markers(query);
  }
  async visible() {
    await this.remote.settled();
    const { problem } = this.remote.health();
    if (problem !== null) throw new Error(problem);
    await this.engine.flushed();
  }
}

function testEngine(name: string, start: () => Promise<Engine>): void {
  let engine: Engine;
  let fleets = 0;
  beforeAll(async () => {
    engine = await start();
  }, 90_000);
  afterAll(() => engine.stop());

  const open = (fleet: string, intervalMs = 10_000) => {
    const remote = createPrometheusHistory({
      intervalMs,
      queryUrl: engine.url,
      writeUrl: engine.writeUrl,
      headers: {},
      timeoutMs: 30_000,
      buffer: { ageMs: Number.POSITIVE_INFINITY, bytes: 67_108_864 },
      externalLabels: { fleet },
      onDefect: (error) => {
        throw error;
      },
    });
    return new Visible(remote, fleet, engine);
  };
  testHistory(name, {
    open: async ({ intervalMs }) => open(`fleet ${fleets++}`, intervalMs),
    reopen: async (history) => {
      await history.close();
      return open((history as Visible).fleet);
    },
    settle: (history) => (history as Visible).visible(),
  });
}

testEngine("the history on Prometheus", () => startPrometheusEngine("400d"));
testEngine("the history on VictoriaMetrics", () => startVictoriaMetrics());
