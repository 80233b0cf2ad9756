import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { independentStats } from "../servers/independent-stats";
import type { MemcachedMode } from "../servers/memcached";
import { rawText } from "../servers/raw-text";
import { violationsInBoth } from "./axe";
import { expect, type TestFleet, test } from "./fleet-fixture";
import { follows, openSettled } from "./settled";

const idOf = (fleet: TestFleet, mode: MemcachedMode) => fleet.servers[mode].endpoint.id;

function comparison(fleet: TestFleet, nodes: readonly string[], more = ""): string {
  const query = nodes.map((node) => `node=${encodeURIComponent(node)}`).join("&");
  return `${fleet.dashboard.url}/compare?${query}${more}`;
}

/** Opens a page and waits until it answers to hands. */
async function visit(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await follows(page);
}

const settings = (page: Page) => page.getByRole("table", { name: "Settings" });
const cells = (page: Page, name: string) =>
  settings(page)
    .getByRole("row")
    .filter({ has: page.getByRole("rowheader", { name }) })
    .getByRole("cell");
const chosen = (page: Page) => page.getByRole("list", { name: "Compared nodes" }).getByRole("link");
const nodesInAddress = (page: Page) => new URL(page.url()).searchParams.getAll("node");

test("the differences between two nodes are those that another client reads", async ({ fleet, page }) => {
  const ids = [idOf(fleet, "plain"), idOf(fleet, "authfile")];
  await visit(page, comparison(fleet, ids));
  const reported = [
    await independentStats(fleet.servers.plain.endpoint, "text", "settings"),
    await independentStats(fleet.servers.authfile.endpoint, "text", "settings"),
  ];
  const names = new Set(reported.flatMap((one) => [...one.keys()]));
  const differing = [...names].filter((name) => reported[0]?.get(name) !== reported[1]?.get(name));
  expect(differing).toContain("auth_enabled_ascii");
  await expect(settings(page).getByRole("rowheader")).toHaveCount(differing.length);
  for (const name of differing) {
    for (const [index, one] of reported.entries()) {
      await expect(cells(page, name).nth(index)).toContainText(one.get(name) ?? "not reported");
    }
  }
  await expect(page.getByRole("table", { name: "Metrics" })).toContainText(ids[1] as string);
  await expect(page.getByRole("heading", { name: "Hit ratio" })).toBeVisible();
});

test("the address contains the filter and the complete list, and Back undoes changes", async ({
  fleet,
  page,
}) => {
  const url = comparison(fleet, [idOf(fleet, "plain"), idOf(fleet, "binary")]);
  await visit(page, url);
  await expect(settings(page)).not.toContainText("maxconns");
  await page.getByRole("checkbox", { name: "Show identical values" }).check();
  await expect(page).toHaveURL(/all=true/);
  await expect(settings(page)).toContainText("maxconns");
  await page.getByRole("searchbox", { name: "Filter settings and stats" }).fill("binding_pro");
  await expect(page).toHaveURL(/q=binding_pro/);
  await expect(settings(page).getByRole("rowheader")).toHaveCount(1);
  await expect(cells(page, "binding_protocol").nth(1)).toContainText("binary");
  // The router may write the address of an earlier step once more before it writes the last one.
  await expect(page).toHaveURL(/all=true.*q=binding_pro/);
  await page.reload();
  await follows(page);
  await expect(settings(page).getByRole("rowheader")).toHaveCount(1);
  expect(nodesInAddress(page)).toEqual([idOf(fleet, "plain"), idOf(fleet, "binary")]);
  await page.goBack();
  await expect(page).toHaveURL(url);
  await expect(page.getByRole("checkbox", { name: "Show identical values" })).not.toBeChecked();
});

test("nodes are added by typing, moved and removed, and Back undoes each step", async ({ fleet, page }) => {
  const [plain, tls, unix] = [idOf(fleet, "plain"), idOf(fleet, "tls"), idOf(fleet, "unix")];
  await visit(page, `${fleet.dashboard.url}/compare`);
  await expect(page.getByText("No nodes selected")).toBeVisible();
  const field = page.getByRole("combobox", { name: "Add node" });
  for (const id of [plain, tls, unix]) {
    await field.fill(id);
    await field.press("Enter");
    await expect(field).toHaveValue("");
  }
  await expect(chosen(page)).toHaveText([plain, tls, unix]);
  expect(nodesInAddress(page)).toEqual([plain, tls, unix]);
  await field.fill("no such node");
  await field.press("Enter");
  await expect(page.getByText("No other node matches no such node.")).toBeVisible();
  await page.getByRole("button", { name: `Move ${unix} to the front` }).click();
  await expect(chosen(page)).toHaveText([plain, unix, tls]);
  const heads = page.getByRole("table", { name: "Metrics" }).getByRole("columnheader");
  await expect(heads.nth(2)).toHaveText(unix);
  await page.getByRole("button", { name: `Remove ${plain}` }).click();
  await expect(chosen(page)).toHaveText([unix, tls]);
  await page.goBack();
  await expect(chosen(page)).toHaveText([plain, unix, tls]);
  await page.goBack();
  await expect(chosen(page)).toHaveText([plain, tls, unix]);
});

test("an empty comparison offers pools and nodes, and shows no time range", async ({ fleet, page }) => {
  await visit(page, `${fleet.dashboard.url}/compare`);
  await expect(page.getByRole("group", { name: "Time range" })).toHaveCount(0);
  await page.getByRole("list", { name: "Nodes to add" }).getByRole("button", { name: fleet.downId }).click();
  await expect(chosen(page)).toHaveText([fleet.downId]);
  await page.getByRole("button", { name: `Remove ${fleet.downId}` }).click();
  await page.getByRole("button", { name: "catalog: 4 nodes" }).click();
  await expect(chosen(page)).toHaveCount(4);
  await expect(page.getByRole("group", { name: "Time range" })).toBeVisible();
});

test("a node that is down is shown with its reason, and is excluded from the differences", async ({
  fleet,
  page,
}) => {
  await visit(page, comparison(fleet, [idOf(fleet, "plain"), fleet.downId, "127.0.0.1:1"]));
  await expect(page.getByText(/connection refused/i).first()).toBeVisible();
  await expect(page.getByText("No response since Memfleet started.")).toBeVisible();
  await expect(page.getByText("not configured")).toBeVisible();
  await expect(page.getByText("No differences.").first()).toBeVisible();
});

test("a node is compared with its pool from its page", async ({ fleet, page }) => {
  await visit(page, `${fleet.dashboard.url}/nodes/${encodeURIComponent(idOf(fleet, "ascii"))}?range=6h`);
  await page.getByRole("link", { name: "compare with the pool" }).click();
  const catalog = (["ascii", "tls", "unix", "binary"] as const).map((mode) => idOf(fleet, mode));
  await expect(chosen(page)).toHaveCount(catalog.length);
  const nodes = await chosen(page).allTextContents();
  expect(nodes[0]).toBe(catalog[0]);
  expect([...nodes].sort()).toEqual([...catalog].sort());
  await expect(page).toHaveURL(/range=6h/);
  for (const [index, node] of nodes.entries()) {
    const cell = cells(page, "ssl_enabled").nth(index);
    const odd = node === idOf(fleet, "tls");
    await expect(cell).toHaveText(odd ? /differs from the majority.*yes/ : /^no$/);
  }
  await page.getByRole("button", { name: `Remove ${nodes[0]}` }).click();
  await expect(chosen(page)).toHaveText(nodes.slice(1));
  expect(nodesInAddress(page)).toEqual(nodes.slice(1));
  await page.goBack();
  await expect(chosen(page)).toHaveText(nodes);
});

test("a pool shows which settings drift, and links to those nodes", async ({ fleet, page }) => {
  await visit(page, `${fleet.dashboard.url}/pools/catalog`);
  const drift = page.getByRole("table", { name: "Settings" });
  const row = drift.getByRole("row").filter({ has: page.getByRole("rowheader", { name: "ssl_enabled" }) });
  await expect(row).toContainText(idOf(fleet, "tls"));
  await expect(row).toContainText("majority: 3 nodes");
  await row.getByRole("link", { name: "Compare nodes that differ in ssl_enabled" }).click();
  await expect(page).toHaveURL(/\/compare\?/);
  expect(nodesInAddress(page)).toContain(idOf(fleet, "tls"));
  await expect(cells(page, "ssl_enabled")).toHaveCount(2);
});

test("a pool links to a comparison of its busiest and its median node", async ({ fleet, page }) => {
  const busy = fleet.servers.tls.endpoint;
  const gets = async () => {
    await rawText(busy, `${"get nothing\r\n".repeat(2_000)}mn\r\n`, ["MN\r\n"]);
    const { load } = (await (await fetch(`${fleet.dashboard.url}/api/v1/pools/catalog/drift`)).json()) as {
      load: { metric: string; busiest: { node: string; value: number }[] }[];
    };
    const [busiest] = load.find(({ metric }) => metric === "gets")?.busiest ?? [];
    return (busiest?.value ?? 0) > 5 ? busiest?.node : null;
  };
  await expect.poll(gets, { timeout: 30_000 }).toBe(busy.id);
  await visit(page, `${fleet.dashboard.url}/pools/catalog`);
  await page.getByRole("link", { name: "Compare the busiest node with the median node" }).click();
  await expect(page).toHaveURL(/\/compare\?/);
  expect(nodesInAddress(page)).toHaveLength(2);
  expect(nodesInAddress(page)[0]).toBe(busy.id);
});

test("the palette finds the page, and charts are chosen in the address", async ({ fleet, page }) => {
  await visit(page, comparison(fleet, [idOf(fleet, "plain"), idOf(fleet, "ascii")]));
  await page.getByText("Charts: 6 of 15").click();
  await page.getByRole("checkbox", { name: "Items", exact: true }).check();
  await expect(page).toHaveURL(/charts=.*curr_items/);
  await expect(page.getByRole("heading", { name: "Items", exact: true })).toBeVisible();
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog").getByRole("combobox").fill("compare");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(`${fleet.dashboard.url}/compare`);
});

test("the differences are saved as CSV as shown", async ({ fleet, page }) => {
  const ids = [idOf(fleet, "plain"), idOf(fleet, "binary")];
  await visit(page, comparison(fleet, ids, "&q=binding_protocol"));
  await expect(settings(page).getByRole("rowheader")).toHaveCount(1);
  const panel = page
    .locator("section.panel")
    .filter({ has: page.getByRole("heading", { name: "Settings" }) });
  const saving = page.waitForEvent("download");
  await panel.getByRole("button", { name: /CSV/ }).click();
  const text = await readFile(await (await saving).path(), "utf8");
  const [head, row] = text.split("\r\n");
  expect(head).toBe(`name,${ids.join()},majority,meaning`);
  expect(row).toMatch(/^binding_protocol,auto-negotiate,binary,,/);
});

test("a share of a comparison shows its nodes and none of their settings", async ({ fleet, page }) => {
  const ids = [idOf(fleet, "authfile"), idOf(fleet, "tls")];
  await visit(page, comparison(fleet, ids));
  await page.getByRole("button", { name: "Share" }).click();
  const made = page.waitForResponse((response) => response.url().endsWith("/api/v1/shares"));
  await page.getByRole("dialog").getByRole("button", { name: "Create link" }).click();
  const { url } = (await (await made).json()) as { url: string };
  const status = await (await fetch(`${url}/status.json`)).text();
  expect(status).toContain(ids[0]);
  expect(status).not.toMatch(/auth_enabled_ascii|ssl_|memfleet-node-/);
});

test("axe finds nothing, in light and in dark", async ({ fleet, page }) => {
  test.setTimeout(120_000);
  const three = [idOf(fleet, "plain"), idOf(fleet, "tls"), fleet.downId];
  for (const url of [
    `${fleet.dashboard.url}/compare`,
    comparison(fleet, three.slice(0, 1)),
    comparison(fleet, three, "&all=true"),
    `${fleet.dashboard.url}/pools/catalog`,
  ]) {
    await page.emulateMedia({ colorScheme: "light" });
    await openSettled(page, url);
    expect(await violationsInBoth(page, url)).toEqual({});
  }
});

test.describe("at 390 pixels", () => {
  test.use({ viewport: { width: 390, height: 844 } });
  test("nothing is wider than the screen", async ({ fleet, page }) => {
    const nodes = (["plain", "tls", "unix", "ascii"] as const).map((mode) => idOf(fleet, mode));
    for (const url of [
      `${fleet.dashboard.url}/compare`,
      comparison(fleet, [...nodes, fleet.downId], "&all=true"),
      `${fleet.dashboard.url}/pools/catalog`,
    ]) {
      await openSettled(page, url);
      const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect([url, beyond]).toEqual([url, 0]);
    }
  });
});
