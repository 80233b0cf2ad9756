/** Flushing several nodes in a browser, against the counters of real nodes. */
import type { Page } from "@playwright/test";
import type { Action } from "@/lib/model/actions/action.schema";
import { type MemcachedServer, startMemcached } from "../servers/memcached";
import { axeViolations } from "./axe";
import { type Dashboard, startDashboard } from "./dashboard";
import { expect, flushesOf, test, visit } from "./people-fixture";

let servers: MemcachedServer[];
let dashboard: Dashboard;

test.beforeAll(async () => {
  test.setTimeout(360_000);
  servers = await Promise.all(Array.from({ length: 4 }, () => startMemcached({ mode: "plain" })));
  const unflushable = await startMemcached({ mode: "plain", args: ["-F"] });
  servers.push(unflushable);
  dashboard = await startDashboard([
    {
      name: "carts",
      labels: { env: "production" },
      servers: servers.map(({ endpoint }) => endpoint.id),
    },
  ]);
});

test.afterAll(async () => {
  await dashboard?.stop();
  await Promise.all((servers ?? []).map((server) => server.stop()));
});

const flushes = () => Promise.all(servers.map(({ endpoint }) => flushesOf(endpoint)));

async function newestAction(): Promise<Action> {
  const reply = await fetch(`${dashboard.url}/api/v1/actions?limit=1`);
  const { actions } = (await reply.json()) as { actions: [Action] };
  return actions[0];
}

const isSent = ({ targets }: Action, id: string) =>
  targets.some(({ node, sentMs }) => node === id && sentMs !== null);

async function openPoolDialog(page: Page) {
  await visit(page, `${dashboard.url}/pools/carts`);
  await page.getByRole("button", { name: "Flush…" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("Flush carts: 5 nodes");
  await expect(dialog).toContainText("1 node is skipped");
  return dialog;
}

test("a pool is flushed one node after another, paused and cancelled halfway", async ({ page }) => {
  test.setTimeout(120_000);
  const before = await flushes();
  const dialog = await openPoolDialog(page);
  await dialog.getByRole("radio", { name: "Staggered" }).check();
  await dialog.getByLabel("Interval between nodes (seconds)").fill("4");
  await expect(dialog).toContainText("4 nodes: the first immediately, the last 12s later");
  const confirm = dialog.getByRole("button", { name: "Flush carts" });
  await expect(confirm).toBeDisabled();
  await dialog.getByRole("textbox", { name: "Scope to flush" }).fill("cart");
  await expect(confirm).toBeDisabled();
  await dialog.getByRole("textbox", { name: "Scope to flush" }).fill("carts");
  expect(await axeViolations(page)).toEqual([]);
  await confirm.click();
  await expect(dialog).toContainText(/Next node in \d+s/);
  expect(await axeViolations(page)).toEqual([]);

  await dialog.getByRole("button", { name: "Pause" }).click();
  await expect(dialog).toContainText("Paused.");
  // The next node becomes due, and nothing is sent while it is paused.
  const paused = await newestAction();
  expect(paused.state).toBe("paused");
  const dueMs = Math.min(...paused.targets.flatMap(({ dueMs }) => dueMs ?? []));
  await expect.poll(Date.now).toBeGreaterThan(dueMs);
  const counts = await flushes();
  expect(counts.map((count, index) => count - (before[index] ?? 0))).toEqual(
    servers.map(({ endpoint }) => Number(isSent(paused, endpoint.id))),
  );
  const sent = counts.reduce((sum, count, index) => sum + count - (before[index] ?? 0), 0);
  expect(sent).toBeGreaterThanOrEqual(1);
  expect(sent).toBeLessThan(4);

  await dialog.getByRole("button", { name: "Resume" }).click();
  await expect
    .poll(async () => (await flushes()).reduce((sum, count) => sum + count, 0), { timeout: 20_000 })
    .toBeGreaterThan(counts.reduce((sum, count) => sum + count, 0));
  await dialog.getByRole("button", { name: /^Cancel remaining/ }).click();
  await expect(dialog).toContainText("Cancelled.");
  // What has ended sends nothing more.
  await expect.poll(async () => (await newestAction()).endedMs).not.toBeNull();
  const cancelled = await flushes();
  const ended = await newestAction();
  expect(ended.state).toBe("cancelled");
  expect(cancelled.map((count, index) => count - (before[index] ?? 0))).toEqual(
    servers.map(({ endpoint }) => Number(isSent(ended, endpoint.id))),
  );

  // What the page claims is what the nodes counted.
  const rows = dialog.getByRole("row");
  for (const [index, { endpoint }] of servers.entries()) {
    const row = rows.filter({ hasText: endpoint.id });
    const counted = (cancelled[index] ?? 0) - (before[index] ?? 0);
    await expect(row).toContainText(index === 4 ? "Skipped" : counted === 1 ? "Verified" : "Not sent");
  }
  expect((cancelled[4] ?? 0) - (before[4] ?? 0)).toBe(0);
});

test("the actions page shows running actions and stops them", async ({ page }) => {
  test.setTimeout(90_000);
  const dialog = await openPoolDialog(page);
  await dialog.getByRole("radio", { name: "Staggered" }).check();
  await dialog.getByLabel("Interval between nodes (seconds)").fill("3600");
  await dialog.getByRole("textbox", { name: "Scope to flush" }).fill("carts");
  await dialog.getByRole("button", { name: "Flush carts" }).click();
  await expect(dialog).toContainText("1 verified");
  await page.goto(`${dashboard.url}/actions`);
  await expect(page.getByText("1 action in progress")).toBeVisible();
  await expect(page.getByRole("main")).toContainText("flush_all · carts");
  expect(await axeViolations(page)).toEqual([]);
  await page.getByRole("button", { name: "Cancel remaining (3)" }).click();
  await expect(page.getByText("1 action in progress")).toBeHidden();

  await page
    .getByRole("button", { name: /^Details of flush_all/ })
    .first()
    .click();
  await expect(page).toHaveURL(/action=\d+/);
  await expect(page.getByRole("dialog")).toContainText("Cancelled.");
  expect(await axeViolations(page)).toEqual([]);
  await page.reload();
  await expect(page.getByRole("dialog")).toContainText("staggerSeconds=3600");
  await page.goBack();
  await expect(page.getByRole("dialog")).toBeHidden();
});

test("a delayed flush is pending with a countdown, and a later one replaces it", async ({ page }) => {
  test.setTimeout(90_000);
  const { endpoint } = servers[0] as MemcachedServer;
  const before = await flushesOf(endpoint);
  const open = async () => {
    await visit(page, `${dashboard.url}/nodes/${encodeURIComponent(endpoint.id)}`);
    await page.getByRole("button", { name: "Flush…" }).click();
    return page.getByRole("dialog");
  };
  const flush = async (mode: "Delayed" | "Now") => {
    const dialog = await open();
    await dialog.getByRole("radio", { name: mode }).check();
    if (mode === "Delayed") {
      await dialog.getByLabel("Delay (seconds)").fill("600");
      await expect(dialog).toContainText("stay readable until the delay is over");
    } else await expect(dialog).toContainText("This one replaces it");
    await dialog.getByRole("textbox", { name: "Node to flush" }).fill(endpoint.id);
    await dialog.getByRole("button", { name: `Flush ${endpoint.id}` }).click();
    return dialog;
  };
  const delayed = await flush("Delayed");
  await expect(delayed).toContainText(`cmd_flush went from ${before} to ${before + 1}`);
  await expect(delayed).toContainText(/runs in 9m \d+s/);
  expect(await flushesOf(endpoint)).toBe(before + 1);

  const now = await flush("Now");
  await expect(now).toContainText(`cmd_flush went from ${before + 1} to ${before + 2}`);
  expect(await flushesOf(endpoint)).toBe(before + 2);
});

test("at 390 pixels the dialog of a pool fits the screen", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const dialog = await openPoolDialog(page);
  await dialog.getByRole("radio", { name: "Staggered" }).check();
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(beyond).toBe(0);
  expect(await axeViolations(page)).toEqual([]);
});
