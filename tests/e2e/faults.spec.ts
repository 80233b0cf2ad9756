import type { Node } from "@/lib/model/node/node.schema";
import type { Series } from "@/lib/model/series.schema";
import { expect, test } from "./fleet-fixture";

/** Two poll intervals of a second, a connect timeout, and the machine's own delays. */
const SOON = { timeout: 15_000 };

async function nodeOf(url: string, id: string): Promise<Node> {
  return (await (await fetch(`${url}/api/v1/nodes/${encodeURIComponent(id)}`)).json()) as Node;
}

async function markersOf(url: string, id: string): Promise<string[]> {
  const query = `metric=curr_items&node=${encodeURIComponent(id)}&from=now-15m`;
  const series = (await (await fetch(`${url}/api/v1/series?${query}`)).json()) as Series;
  return series.markers.map((marker) => marker.kind);
}

test.describe("a node that fails while its page is open", () => {
  test("killed: down with the reason, then up with a restart marker, the others unaffected", async ({
    fleet,
  }) => {
    const { url } = fleet.dashboard;
    const victim = fleet.servers.plain;
    const { id } = victim.endpoint;
    const others = ["sasl", "authfile", "tls", "unix", "ascii", "binary"] as const;
    const pid = victim.pid;
    await victim.kill();
    await expect.poll(async () => (await nodeOf(url, id)).status, SOON).toBe("down");
    expect(await nodeOf(url, id)).toMatchObject({
      statusCode: "connectionRefused",
      bytes: null,
      hitRatio: null,
    });
    const downMs = Date.now();
    for (const other of others) {
      const node = () => nodeOf(url, fleet.servers[other].endpoint.id);
      await expect.poll(async () => (await node()).atMs ?? 0, SOON).toBeGreaterThan(downMs);
      expect([other, (await node()).status]).toEqual([other, "up"]);
    }
    await victim.restart();
    await expect.poll(async () => (await nodeOf(url, id)).status, SOON).toBe("up");
    const back = await nodeOf(url, id);
    expect(back.pid).toBe(victim.pid);
    expect(back.pid).not.toBe(pid);
    expect(back.lastRestartMs).not.toBeNull();
    await expect
      .poll(() => markersOf(url, id), SOON)
      .toEqual(expect.arrayContaining(["down", "restart", "up"]));
  });

  test("stopped and continued: timeout, then up again without a restart or a clock marker", async ({
    fleet,
  }) => {
    const { url } = fleet.dashboard;
    const victim = fleet.servers.tls;
    const { id } = victim.endpoint;
    process.kill(victim.pid, "SIGSTOP");
    try {
      await expect.poll(async () => (await nodeOf(url, id)).status, SOON).not.toBe("up");
      expect(["timeout", "down"]).toContain((await nodeOf(url, id)).status);
    } finally {
      process.kill(victim.pid, "SIGCONT");
    }
    await expect.poll(async () => (await nodeOf(url, id)).status, SOON).toBe("up");
    await expect.poll(() => markersOf(url, id), SOON).toEqual(expect.arrayContaining(["down", "up"]));
    // Two polls later nothing else is shown.
    for (let polls = 0; polls < 2; polls++) {
      const polledMs = (await nodeOf(url, id)).atMs ?? Number.NaN;
      await expect.poll(async () => (await nodeOf(url, id)).atMs ?? 0, SOON).toBeGreaterThan(polledMs);
    }
    const markers = await markersOf(url, id);
    expect(markers).not.toContain("restart");
    expect(markers).not.toContain("clock");
  });

  test("an open page shows the node going down and recovering without a reload", async ({ fleet, page }) => {
    const victim = fleet.servers.ascii;
    await page.goto(`${fleet.dashboard.url}/nodes/${encodeURIComponent(victim.endpoint.id)}`);
    const statusText = (status: string) => page.getByRole("main").getByText(status, { exact: true }).first();
    await expect(statusText("Up")).toBeVisible();
    await victim.kill();
    await expect(statusText("Down")).toBeVisible();
    await victim.restart();
    await expect(statusText("Up")).toBeVisible();
  });
});
