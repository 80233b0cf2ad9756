/**
 * Healthy servers beside every kind of broken one, watched for an hour: whatever the neighbours do, totals, charts and
 * attention stay right. The truth is what the test sends and what the healthy servers count themselves.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Fleet } from "@/lib/model/fleet.schema";
import type { Node } from "@/lib/model/node/node.schema";
import type { Series } from "@/lib/model/series.schema";
import { type Dashboard, startDashboard } from "../e2e/dashboard";
import { freePort } from "../servers/free-port";
import { type MemcachedServer, startMemcached } from "../servers/memcached";
import { numbered, storeItems } from "../servers/stored-items";
import { type BrokenServer, startBrokenServers } from "./broken-servers";
import { at, SOAK_MS } from "./duration";
import { type Counters, countersOf, Traffic } from "./traffic";

/** Until rates over the last minute are full, and nodes that were first asked during the start have answered. */
const WARM_UP_MS = 75_000;
const LOOK_EVERY_MS = 5_000;
/** Hits and gets of ten ticks a second. */
const LOADS = [
  [5, 10],
  [9, 10],
  [1, 4],
  [20, 20],
] as const;

interface Healthy {
  readonly server: MemcachedServer;
  readonly traffic: Traffic;
  /** What the server counted at each look, oldest first. */
  readonly counted: Counters[];
}

const endings: (() => Promise<unknown> | unknown)[] = [];
const healthy: Healthy[] = [];
let broken: readonly BrokenServer[] = [];
let twoAddresses: readonly string[] = [];
let restless: MemcachedServer;
let dashboard: Dashboard;
/** Every statement that was wrong, with its time: one list, so that an hour tells all of it. */
const wrong: string[] = [];

beforeAll(async () => {
  for (const [hits, gets] of LOADS) {
    const server = await startMemcached({ mode: "plain" });
    endings.push(() => server.stop());
    const traffic = await Traffic.start(server.endpoint, hits, gets);
    endings.push(() => traffic.close());
    healthy.push({ server, traffic, counted: [] });
  }
  restless = await startMemcached({ mode: "plain" });
  endings.push(() => restless.stop());
  twoAddresses = await startOnTwoAddresses();
  broken = await startBrokenServers();
  for (const server of broken) endings.push(() => server.close());
  const refused = `127.0.0.1:${await freePort()}`;
  const pools = [
    { name: "healthy", servers: healthy.map(({ server }) => server.endpoint.id) },
    { name: "twice", servers: twoAddresses },
    { name: "broken", servers: [...broken.map(({ id }) => id), refused, restless.endpoint.id] },
  ];
  // A busy machine may take its time: what is measured here is truth, not speed.
  dashboard = await startDashboard(pools, { poll: { interval: "2s", timeout: "1900ms" } });
  endings.push(() => dashboard.stop());
}, 400_000);

afterAll(async () => {
  for (const end of endings.reverse()) await end();
});

/** One process behind two loopback addresses. */
async function startOnTwoAddresses(): Promise<readonly string[]> {
  const [port, other] = [await freePort(), await freePort()];
  const server = await startMemcached({ mode: "plain", port, args: ["-l", `127.0.0.1:${other}`] });
  endings.push(() => server.stop());
  await storeItems(server.endpoint, numbered("key", 500));
  return [`127.0.0.1:${port}`, `127.0.0.1:${other}`];
}

async function read<T>(path: string): Promise<T> {
  const response = await fetch(`${dashboard.url}${path}`, { signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return (await response.json()) as T;
}

function claim(holds: boolean, statement: string): void {
  if (!holds) wrong.push(`${new Date().toISOString()} ${statement}`);
}

/** Within one step of polling and of the minute that rates cover. */
const near = (value: number | null, truth: number, share: number) =>
  value !== null && Math.abs(value - truth) <= truth * share;

function checkHealthy(node: Node | undefined, { server, traffic, counted }: Healthy): void {
  const { id } = server.endpoint;
  claim(node?.status === "up", `${id} is up, shown as ${node?.status} (${node?.statusReason})`);
  if (node === undefined) return;
  claim(
    near(node.hitRatio, traffic.hitRatio, 0.02),
    `${id}: hit ratio ${traffic.hitRatio}, shown as ${node.hitRatio}`,
  );
  const minute = counted.slice(-1 - 60_000 / LOOK_EVERY_MS);
  const [first, last] = [minute[0] as Counters, minute.at(-1) as Counters];
  const rate = ((last.hits + last.misses - first.hits - first.misses) * 1_000) / (last.atMs - first.atMs);
  claim(
    near(node.getsPerSecond, rate, 0.1),
    `${id}: ${rate} gets per second, shown as ${node.getsPerSecond}`,
  );
  claim(node.currItems === last.currItems, `${id}: ${last.currItems} items, shown as ${node.currItems}`);
  claim(node.lastRestartMs === null, `${id} has not restarted`);
}

function checkBroken(node: Node | undefined, server: BrokenServer): void {
  const { name } = server;
  claim(node !== undefined, `${name}: listed`);
  if (node === undefined) return;
  const shown = `${node.status} (${node.statusReason})`;
  if (server.expect === "up") claim(node.status === "up", `${name}: up, shown as ${shown}`);
  if (server.expect === "notUp") {
    claim(node.status !== "up" && node.status !== "unknown", `${name}: not up, shown as ${shown}`);
    claim((node.statusReason ?? "") !== "", `${name}: a reason`);
  }
  if (server.getsPerSecond === null) {
    claim(node.getsPerSecond === null, `${name}: no rate, shown as ${node.getsPerSecond}`);
  } else if (node.getsPerSecond !== null) {
    claim(
      node.getsPerSecond <= server.getsPerSecond * 1.1,
      `${name}: at most ${server.getsPerSecond}, shown as ${node.getsPerSecond}`,
    );
  }
  for (const [field, value] of Object.entries(node)) {
    if (typeof value !== "number") continue;
    claim(value >= 0 && value <= Number.MAX_SAFE_INTEGER, `${name}: ${field} possible, shown as ${value}`);
  }
}

/** Totals are sums of what the nodes tell, one process once, and hold the known parts. */
function checkTotals(fleet: Fleet): void {
  const items = (nodes: readonly Node[]) => nodes.reduce((sum, node) => sum + (node.currItems ?? 0), 0);
  const second = fleet.nodes.find(({ id }) => id === twoAddresses[1]);
  const sum = items(fleet.nodes) - (second?.currItems ?? 0);
  claim(fleet.totals.currItems === sum, `totals: ${sum} items, shown as ${fleet.totals.currItems}`);
  const known = healthy.reduce((total, { counted }) => total + (counted.at(-1)?.currItems ?? 0), 0);
  const pool = fleet.pools.find(({ name }) => name === "healthy");
  claim(pool?.currItems === known, `pool healthy: ${known} items, shown as ${pool?.currItems}`);
  const most = LOADS.reduce((total, [, gets]) => total + gets * 10, 0);
  const least = broken.length * 100 + most;
  claim(
    (fleet.totals.getsPerSecond ?? 0) <= least * 1.05,
    `totals: at most ${least} gets per second, shown as ${fleet.totals.getsPerSecond}`,
  );
}

function checkAttention(fleet: Fleet): void {
  const sound = new Set([...healthy.map(({ server }) => server.endpoint.id), ...twoAddresses]);
  for (const { node, kind } of fleet.attention)
    claim(!sound.has(node), `${node} needs no attention, shown as ${kind}`);
  for (const server of broken.filter((server) => server.expect === "notUp")) {
    const listed = fleet.attention.some(({ node, kind }) => node === server.id && kind === "status");
    claim(listed, `${server.name}: attention to its status`);
  }
}

async function checkMetrics(): Promise<void> {
  const text = await (await fetch(`${dashboard.url}/metrics`)).text();
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const value = Number(line.slice(line.lastIndexOf(" ") + 1));
    claim(value >= 0 && value < 1e18, `/metrics: ${line}`);
  }
}

async function look(): Promise<void> {
  await Promise.all(
    healthy.map(async ({ server, counted }) => counted.push(await countersOf(server.endpoint))),
  );
  const fleet = await read<Fleet>("/api/v1/fleet?limit=1000");
  const nodes = new Map(fleet.nodes.map((node) => [node.id, node]));
  for (const one of healthy) checkHealthy(nodes.get(one.server.endpoint.id), one);
  for (const one of broken) checkBroken(nodes.get(one.id), one);
  checkTotals(fleet);
  checkAttention(fleet);
}

describe("a fleet of healthy, broken and foreign servers", () => {
  it(
    "has right totals, charts and attention for as long as it runs",
    async () => {
      const fromMs = Date.now();
      for (let atMs = fromMs; atMs < fromMs + WARM_UP_MS; atMs += LOOK_EVERY_MS) {
        await Promise.all(
          healthy.map(async ({ server, counted }) => counted.push(await countersOf(server.endpoint))),
        );
        await at(atMs + LOOK_EVERY_MS);
      }
      const untilMs = fromMs + SOAK_MS;
      for (let round = 0; Date.now() < untilMs; round++) {
        const next = Date.now() + LOOK_EVERY_MS;
        await disturb(round);
        await look();
        if (round % 6 === 0) await checkMetrics();
        await at(next);
      }
      await checkCharts(fromMs + WARM_UP_MS, Date.now() - LOOK_EVERY_MS);
      expect(summary(wrong)).toEqual([]);
    },
    SOAK_MS + 300_000,
  );
});

/** A real server that is killed, started again, stopped and resumed in turn. */
async function disturb(round: number): Promise<void> {
  const step = round % 12;
  if (step === 0) await restless.kill();
  if (step === 3) await restless.restart();
  if (step === 6) await restless.freeze();
  if (step === 9) restless.thaw();
}

/** No bucket of a chart exceeds what was sent, and the ratio of each healthy node is the ratio sent. */
async function checkCharts(fromMs: number, toMs: number): Promise<void> {
  const range = `from=${fromMs}&to=${toMs}`;
  for (const { server, traffic, counted } of healthy) {
    const node = encodeURIComponent(server.endpoint.id);
    const series = await read<Series>(`/api/v1/series?metric=hit_ratio&metric=gets&node=${node}&${range}`);
    const [ratios, gets] = ["hit_ratio", "gets"].map((name) =>
      (series.series.find(({ metric }) => metric === name)?.values ?? []).filter((value) => value !== null),
    ) as [number[], number[]];
    claim(ratios.length > 0, `chart of ${server.endpoint.id}: has values`);
    for (const value of ratios)
      claim(
        near(value, traffic.hitRatio, 0.05),
        `chart of ${server.endpoint.id}: hit ratio ${traffic.hitRatio}, shown as ${value}`,
      );
    const [first, last] = [counted[0] as Counters, counted.at(-1) as Counters];
    const rate = ((last.hits + last.misses - first.hits - first.misses) * 1_000) / (last.atMs - first.atMs);
    const mean = gets.reduce((sum, value) => sum + value, 0) / gets.length;
    claim(
      near(mean, rate, 0.03),
      `chart of ${server.endpoint.id}: ${rate} gets per second on average, shown as ${mean}`,
    );
    claim(
      series.markers.length === 0,
      `chart of ${server.endpoint.id}: no marker, shown as ${series.markers.map(({ kind }) => kind)}`,
    );
  }
  for (const { id, name, expect: status, getsPerSecond, markers } of broken) {
    const series = await read<Series>(
      `/api/v1/series?metric=gets&metric=connections_opened&node=${encodeURIComponent(id)}&${range}`,
    );
    const values = series.series.flatMap((one) => one.values).filter((value) => value !== null);
    const most = (getsPerSecond ?? 0) * 1.25;
    for (const value of values)
      claim(value >= 0 && value <= most, `chart of ${name}: at most ${most} per second, shown as ${value}`);
    const kinds = new Set(series.markers.map(({ kind }) => kind).filter((kind) => kind !== "added"));
    for (const kind of kinds) claim(markers.includes(kind), `chart of ${name}: no marker "${kind}"`);
    if (status === "up")
      for (const kind of markers)
        claim(
          [...kinds].some((shown) => shown === kind),
          `chart of ${name}: a marker "${kind}"`,
        );
  }
}

/** Each kind of statement with the number of times it was wrong and the first time. */
function summary(statements: readonly string[]): string[] {
  const kinds = new Map<string, { readonly first: string; count: number }>();
  for (const statement of statements) {
    const kind = statement.slice(25).replace(/shown as .*/, "");
    const known = kinds.get(kind);
    if (known) known.count++;
    else kinds.set(kind, { first: statement, count: 1 });
  }
  return [...kinds.values()].map(({ first, count }) => `${count} × ${first}`);
}
