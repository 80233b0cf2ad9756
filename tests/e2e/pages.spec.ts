import type { Page } from "@playwright/test";
import { applyDelta } from "@/lib/fleet-sync/apply-delta";
import type { FleetDelta } from "@/lib/fleet-sync/delta";
import { decodeFleet, type FleetColumns } from "@/lib/fleet-sync/fleet-columns";
import type { Fleet } from "@/lib/model/fleet.schema";
import { rawText } from "../servers/raw-text";
import { violationsInBoth } from "./axe";
import { expect, type TestFleet, test } from "./fleet-fixture";
import { follows, openSettled } from "./settled";

const TABS = ["overview", "slabs", "connections", "settings", "keys", "tools", "diagnostics", "raw"] as const;

function pagesOf(fleet: TestFleet): string[] {
  const plain = encodeURIComponent(fleet.servers.plain.endpoint.id);
  return [
    "/",
    "/?map=time",
    "/pools/sessions",
    ...TABS.map((tab) => `/nodes/${plain}?tab=${tab}`),
    `/nodes/${encodeURIComponent(fleet.downId)}`,
    `/nodes/${encodeURIComponent(fleet.servers.sasl.endpoint.id)}?tab=connections`,
    "/actions",
    "/diagnostics",
    "/tools",
    "/nothing-here",
  ];
}

/** Opens a page with navigation and waits until it answers to hands. */
async function visit(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await follows(page);
}

test("axe finds nothing on any page, in light and in dark", async ({ fleet, page, consoleErrors }) => {
  test.setTimeout(240_000);
  const found: Record<string, string[]> = {};
  for (const path of pagesOf(fleet)) {
    await page.emulateMedia({ colorScheme: "light" });
    await openSettled(page, `${fleet.dashboard.url}${path}`);
    Object.assign(found, await violationsInBoth(page, path));
  }
  expect(found).toEqual({});
  // The page that does not exist answers 404, and the browser logs that.
  expect(consoleErrors.splice(0).filter((error) => !error.includes("status of 404"))).toEqual([]);
});

test.describe("at 390 pixels", () => {
  test.use({ viewport: { width: 390, height: 844 } });
  test("no page is wider than the screen", async ({ fleet, page, consoleErrors }) => {
    test.setTimeout(120_000);
    for (const path of pagesOf(fleet)) {
      await openSettled(page, `${fleet.dashboard.url}${path}`);
      const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect([path, beyond]).toEqual([path, 0]);
    }
    consoleErrors.splice(0);
  });
});

test.describe("the fleet page", () => {
  test("shows how many nodes are up and the node that is down first, with its reason", async ({
    fleet,
    page,
  }) => {
    await visit(page, fleet.dashboard.url);
    await expect(page.getByRole("main")).toContainText("7 of 8 up");
    const rows = page.getByRole("row").filter({ hasText: /127\.0\.0\.1:|unix:/ });
    await expect(rows.first()).toContainText(fleet.downId);
    await expect(rows.first()).toContainText("Down");
    await expect(page.getByRole("main")).toContainText("connection refused");
  });

  test("keeps filters and sorting in the address, and Back undoes them", async ({ fleet, page }) => {
    const { url } = fleet.dashboard;
    await visit(page, url);
    await page.getByRole("combobox", { name: "Pool" }).selectOption("catalog");
    await expect(page).toHaveURL(/pool=catalog/);
    await expect(page.getByRole("row").filter({ hasText: fleet.downId })).toHaveCount(0);
    await page.getByRole("columnheader", { name: "Connections" }).getByRole("button").click();
    await expect(page).toHaveURL(/sort=connections/);
    await page.reload();
    await follows(page);
    await expect(page.getByRole("combobox", { name: "Pool" })).toHaveValue("catalog");
    await page.goBack();
    await expect(page).toHaveURL(/pool=catalog(?!.*sort=)/);
    await page.goBack();
    await expect(page).toHaveURL(`${url}/`);
    await expect(page.getByRole("row").filter({ hasText: fleet.downId })).toHaveCount(1);
  });

  test("searches by keyboard: slash, a part of the id, and only that node remains", async ({
    fleet,
    page,
  }) => {
    await visit(page, fleet.dashboard.url);
    await expect(page.getByRole("main")).toContainText("7 of 8 up");
    await page.keyboard.press("/");
    const search = page.getByRole("searchbox", { name: "Search nodes" });
    await expect(search).toBeFocused();
    await page.keyboard.type(fleet.downId.slice(-5));
    await expect(page).toHaveURL(new RegExp(`q=.*${fleet.downId.slice(-5)}`));
    await expect(page.getByRole("row").filter({ hasText: fleet.downId })).toHaveCount(1);
    await expect(page.getByRole("row").filter({ hasText: fleet.servers.tls.endpoint.id })).toHaveCount(0);
  });

  test("opens a node from the table and another from the palette", async ({ fleet, page }) => {
    await visit(page, fleet.dashboard.url);
    const id = fleet.servers.tls.endpoint.id;
    await page.getByRole("row").filter({ hasText: id }).getByRole("link", { name: id }).click();
    await expect(page).toHaveURL(new RegExp(`/nodes/${encodeURIComponent(id)}`));
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").last().fill(fleet.servers.sasl.endpoint.id);
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(new RegExp(`/nodes/${encodeURIComponent(fleet.servers.sasl.endpoint.id)}`));
  });

  test("draws its charts from the history", async ({ fleet, page }) => {
    await visit(page, `${fleet.dashboard.url}/?range=15m`);
    for (const title of ["Hit ratio", "Memory vs. limit", "Connections per node"]) {
      await expect(page.getByRole("heading", { name: title }).last()).toBeVisible();
    }
    await expect(page.locator(".recharts-surface").first()).toBeVisible();
  });

  test("has every node as a cell, worst first, and the arrow keys move between them", async ({
    fleet,
    page,
  }) => {
    await visit(page, fleet.dashboard.url);
    const panel = page.locator("section").filter({ has: page.getByRole("heading", { name: "All nodes" }) });
    const cell = panel.getByRole("link");
    await expect(cell).toHaveCount(1);
    await expect(cell).toContainText(`${fleet.downId}, sessions: Down`);
    await cell.focus();
    await page.keyboard.press("ArrowRight");
    await expect(cell).not.toContainText(fleet.downId);
    await expect(cell).toBeFocused();
    const text = await cell.textContent();
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(
      new RegExp(`/nodes/${encodeURIComponent(String(text).split(",")[0] ?? "")}`),
    );
  });

  test("shows a metric of every node over time, by switch, keyboard and table, all stored in the address", async ({
    fleet,
    page,
  }) => {
    await visit(page, `${fleet.dashboard.url}/?range=15m`);
    await page.getByRole("radio", { name: "Over time" }).click();
    await expect(page).toHaveURL(/map=time/);
    const map = page.getByRole("slider", { name: /hit_ratio of 8 nodes over time/ });
    await expect(map).toHaveAttribute("aria-valuetext", new RegExp(fleet.downId));
    await page.getByRole("combobox", { name: "Metric", exact: true }).selectOption("curr_connections");
    await page.getByRole("radio", { name: "By metric" }).click();
    await expect(page).toHaveURL(/metric=curr_connections/);
    await expect(page).toHaveURL(/rows=metric/);
    await page.reload();
    const connections = page.getByRole("slider", { name: /curr_connections of 8 nodes over time/ });
    // Its rows are put in order once they are read.
    await expect(connections).toHaveAttribute("aria-valuetext", /\d\d:\d\d:\d\d/);
    await connections.focus();
    // What is not known comes last: the node that never answered has a row of gaps.
    await page.keyboard.press("End");
    await expect(connections).toHaveAttribute("aria-valuetext", new RegExp(`${fleet.downId}.*no data`));
    await page.getByRole("button", { name: "Show table" }).last().click();
    const rows = page.getByRole("table", { name: /curr_connections of 8 nodes/ }).getByRole("row");
    await expect(rows).toHaveCount(9);
    await expect(rows.last()).toContainText(fleet.downId);
    await expect(rows.nth(1)).toContainText(/\d/);
    await page.goBack();
    await expect(page).not.toHaveURL(/rows=metric/);
  });

  test("returns the same in the compact form, and streams changes", async ({ fleet }) => {
    const { url } = fleet.dashboard;
    const read = async <T>(path: string) => (await (await fetch(`${url}${path}`)).json()) as T;
    const usual = await read<Fleet>("/api/v1/fleet");
    const compact = decodeFleet(await read<FleetColumns>("/api/v1/fleet?form=columns"));
    const named = ({ nodes }: Fleet) =>
      nodes.map(({ id, pool, labels, status }) => [id, pool, labels, status]);
    expect(named(compact)).toEqual(named(usual));

    const stop = new AbortController();
    const reply = await fetch(`${url}/api/v1/events?form=columns`, { signal: stop.signal });
    const reader = reply.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    let known = { ...compact, nodes: [] as Fleet["nodes"] };
    while (known.nodes.length < usual.nodes.length) {
      const { value, done } = (await reader?.read()) ?? { done: true };
      expect(done).toBe(false);
      text += value;
      const messages = text.split("\n\n");
      text = messages.pop() ?? "";
      for (const message of messages) {
        const data = /^event: changes\ndata: (.*)$/.exec(message)?.[1];
        if (data !== undefined) known = applyDelta(known, JSON.parse(data) as FleetDelta);
      }
    }
    stop.abort();
    const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
    expect(named({ ...known, nodes: known.nodes.sort(byId) })).toEqual(
      named({ ...usual, nodes: usual.nodes.sort(byId) }),
    );
    expect(known.totals.nodes).toBe(8);
  });
});

test.describe("the node page", () => {
  test("has a tab each for slabs, connections, settings and raw stats, in the address", async ({
    fleet,
    page,
  }) => {
    const { id } = fleet.servers.plain.endpoint;
    await rawText(fleet.servers.plain.endpoint, "set tab 0 0 1\r\nx\r\nstats conns\r\n");
    await visit(page, `${fleet.dashboard.url}/nodes/${encodeURIComponent(id)}`);
    for (const [tab, sign] of [
      ["Slabs", /chunk/i],
      ["Connections", /127.0.0.1/],
      ["Settings", /maxconns/],
      ["Raw", /limit_maxbytes/],
    ] as const) {
      await page
        .getByRole("tab", { name: tab })
        .or(page.getByRole("link", { name: tab, exact: true }))
        .first()
        .click();
      await expect(page).toHaveURL(new RegExp(`tab=${tab.toLowerCase()}`));
      await expect(page.getByRole("main")).toContainText(sign);
    }
  });

  test("shows why a SASL node has no list of connections", async ({ fleet, page }) => {
    const { id } = fleet.servers.sasl.endpoint;
    await visit(page, `${fleet.dashboard.url}/nodes/${encodeURIComponent(id)}?tab=connections`);
    await expect(page.getByRole("main")).toContainText("binary protocol");
  });

  test("answers 404 for a node that is not configured", async ({ fleet, page, consoleErrors }) => {
    const response = await page.goto(`${fleet.dashboard.url}/nodes/10.1.2.3%3A11211`);
    expect(response?.status()).toBe(404);
    await expect(page.getByRole("main")).toContainText("Page not found");
    consoleErrors.splice(0);
  });
});

test.describe("in Japanese", () => {
  test.use({ locale: "ja-JP" });
  test("pages speak the browser's language and can be switched to English for good", async ({
    fleet,
    page,
  }) => {
    await visit(page, fleet.dashboard.url);
    await expect(page.locator("html")).toHaveAttribute("lang", "ja");
    await expect(page.getByRole("main")).toContainText("要確認");
    await page.getByRole("button", { name: /言語/ }).click();
    await page.getByRole("menuitem", { name: "English" }).click();
    await expect(page.locator("html")).toHaveAttribute("lang", "en");
    await page.reload();
    await expect(page.getByRole("main")).toContainText("Needs attention");
  });
});

test("the theme can be chosen and stays chosen", async ({ fleet, page }) => {
  await visit(page, fleet.dashboard.url);
  await page.getByRole("button", { name: /^Theme/ }).click();
  await page.getByRole("menuitem", { name: "Dark" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("tabs of one browser share one event stream", async ({ fleet, context }) => {
  test.setTimeout(150_000);
  let streams = 0;
  context.on("request", (request) => {
    if (new URL(request.url()).pathname === "/api/v1/events") streams++;
  });
  const pages = await Promise.all([1, 2, 3].map(() => context.newPage()));
  for (const page of pages) {
    await page.goto(fleet.dashboard.url);
    await expect(page.getByRole("main")).toContainText("of 8 up");
  }
  // Each of them follows the fleet by now, by whichever stream.
  for (const page of pages) await follows(page);
  expect(streams).toBe(1);
});
