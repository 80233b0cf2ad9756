/** Levels that cannot be true, sent by a scripted node: unsigned numbers that wrapped, and -1 for "no limit". */
import { afterEach, expect, it } from "vitest";
import { Collector } from "@/lib/collector/collector";
import { FleetView } from "@/lib/collector/fleet-view";
import { prometheusView } from "@/lib/collector/prometheus-view";
import { createNodeClient } from "@/lib/memcached/node-client";
import { NODE_FAMILIES } from "@/lib/metrics/prometheus/node-families";
import { pages } from "@/lib/metrics/prometheus/text-format";
import { say } from "@/tests/doubles/fake-reactions";
import { type FakeServer, startFakeServer } from "@/tests/doubles/fake-server";

const WRAPPED_64 = "18446744073709551615";
const WRAPPED_32 = "4294967294";
const POLL = { intervalMs: 200, timeoutMs: 3_000, connectTimeoutMs: 2_000, concurrency: 4 };
const clock = () => ({ monoMs: performance.now(), wallMs: Date.now() });
const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const reply = (stats: Readonly<Record<string, string | number>>) =>
  say(
    `${Object.entries(stats)
      .map(([name, value]) => `STAT ${name} ${value}\r\n`)
      .join("")}END\r\n`,
  );

async function fakeNode(general: Readonly<Record<string, string | number>>): Promise<FakeServer> {
  const fake = await startFakeServer({
    version: say("VERSION 1.6.18\r\n"),
    stats: reply({ pid: 7, time: 1_700_000_000, uptime: 100, version: "1.6.18", ...general }),
    "stats settings": reply({ maxconns: "-1", oldest: 0 }),
    "stats items": reply({ "items:1:number": WRAPPED_32, "items:1:mem_requested": WRAPPED_64 }),
    "stats slabs": reply({ "1:used_chunks": WRAPPED_32, "1:chunk_size": 96, total_malloced: WRAPPED_64 }),
    "stats conns": reply({}),
  });
  closing.push(() => fake.close());
  return fake;
}

it("are not reported, summed, or exported, and raise no alarm; raw shows them as they came", async () => {
  const wrapped = await fakeNode({
    bytes: WRAPPED_64,
    limit_maxbytes: "-1",
    curr_items: WRAPPED_32,
    curr_connections: WRAPPED_32,
    max_connections: 1_024,
    uptime: 1_800_000_000,
  });
  const good = await fakeNode({
    bytes: 70,
    limit_maxbytes: 1_000,
    curr_items: 2,
    curr_connections: 3,
    max_connections: 1_024,
  });
  const collector = new Collector({
    poll: POLL,
    history: { append: async () => {}, mark: async () => {} },
    connect: createNodeClient,
    clock,
    onDefect: (error) => {
      throw error;
    },
  });
  closing.push(() => collector.close());
  const view = new FleetView(collector, clock);
  collector.setNodes(
    [wrapped, good].map(({ endpoint }) => ({ id: endpoint.id, pool: "main", labels: {}, endpoint })),
  );
  await expect.poll(() => view.nodes().map(({ status }) => status)).toEqual(["up", "up"]);
  await expect.poll(() => collector.get(wrapped.endpoint.id)?.facts.items.classes).toEqual([1]);

  expect(view.node(wrapped.endpoint.id)).toMatchObject({
    bytes: null,
    limitMaxbytes: null,
    currItems: null,
    currConnections: null,
    maxConnections: 1_024,
    uptimeSeconds: null,
  });
  const fleet = view.fleet({}, { pollIntervalMs: POLL.intervalMs, notices: [] });
  expect(fleet.totals).toMatchObject({ bytes: 70, limitMaxbytes: 1_000, currItems: 2, currConnections: 3 });
  expect(fleet.attention).toEqual([]);

  const record = collector.get(wrapped.endpoint.id);
  if (record === undefined) throw new Error("the node is not collected");
  const text = [...pages(NODE_FAMILIES, [prometheusView(record, clock(), POLL.intervalMs)])].join("");
  const exported = text.split("\n").filter((line) => line.startsWith("memcached_"));
  expect(exported.filter((line) => line.includes("slab_chunk_size_bytes"))).toHaveLength(1);
  for (const line of exported) {
    const value = Number(line.slice(line.lastIndexOf(" ")));
    expect(value >= 0 && value < 2 ** 31, line).toBe(true);
  }

  const raw = new Map(await record.client.stats("general"));
  expect([raw.get("bytes"), raw.get("limit_maxbytes"), raw.get("curr_items")]).toEqual([
    WRAPPED_64,
    "-1",
    WRAPPED_32,
  ]);
});
