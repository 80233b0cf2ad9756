import type { NodeEndpoint } from "@/lib/memcached/contract";
import { independentStats } from "../servers/independent-stats";
import { MEMCACHED_MODES } from "../servers/memcached";
import { rawText } from "../servers/raw-text";
import { expect, test } from "./fleet-fixture";

/** Stats that do not change while only the dashboard polls the node, or that only the test changes. */
const STEADY = [
  "pid",
  "version",
  "threads",
  "limit_maxbytes",
  "max_connections",
  "curr_items",
  "get_hits",
  "get_misses",
  "cmd_get",
  "cmd_set",
  "bytes",
  "evictions",
  "cmd_flush",
];

/** Twenty items stored, thirty read: twenty hits and ten misses. Returns once everything is answered. */
function exchange(endpoint: NodeEndpoint): Promise<string> {
  const sets = Array.from({ length: 20 }, (_, n) => `set key${n} 0 0 3\r\nabc\r\n`);
  const gets = Array.from({ length: 30 }, (_, n) => `get key${n}\r\n`);
  return rawText(endpoint, `${[...sets, ...gets].join("")}mn\r\n`, ["MN\r\n"]);
}

for (const mode of MEMCACHED_MODES) {
  test(`the values of a ${mode} node equal what another client reads from it in the same second`, async ({
    fleet,
  }) => {
    const { endpoint } = fleet.servers[mode];
    const protocol = mode === "sasl" || mode === "binary" ? "binary" : "text";
    if (mode === "plain" || mode === "tls") await exchange(endpoint);
    const truth = await independentStats(endpoint, protocol);
    const url = `${fleet.dashboard.url}/api/v1/nodes/${encodeURIComponent(endpoint.id)}`;
    const { entries } = (await (await fetch(`${url}/stats/general`)).json()) as {
      entries: Record<string, string>;
    };
    for (const name of STEADY) expect([name, entries[name]]).toEqual([name, truth.get(name)]);
    expect(Object.keys(entries)).toEqual([...truth.keys()]);
    expect(await (await fetch(`${url}/stats/general/limit_maxbytes`)).text()).toBe(
      `${truth.get("limit_maxbytes")}\n`,
    );
    await expect
      .poll(async () => ((await (await fetch(url)).json()) as { currItems: number }).currItems)
      .toBe(Number(truth.get("curr_items")));
  });
}

test("a hit ratio is hits divided by gets of the last minute, by the node's own counters", async ({
  fleet,
}) => {
  // No other test sends requests to this node.
  const { endpoint } = fleet.servers.unix;
  const gets = async () => {
    const stats = await independentStats(endpoint, "text");
    return [Number(stats.get("get_hits")), Number(stats.get("get_misses"))] as const;
  };
  const [hits, misses] = await gets();
  await exchange(endpoint);
  expect(await gets()).toEqual([hits + 20, misses + 10]);
  const url = `${fleet.dashboard.url}/api/v1/nodes/${encodeURIComponent(endpoint.id)}`;
  await expect
    .poll(async () => ((await (await fetch(url)).json()) as { hitRatio: number | null }).hitRatio)
    .toBeCloseTo(20 / 30, 4);
});
