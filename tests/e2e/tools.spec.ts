/** Ping, load test, capability check, tuning and the error lookup in a browser, on a real node. */
import { type MemcachedServer, startMemcached } from "../servers/memcached";
import { rawText, statLines } from "../servers/raw-text";
import { axeViolations } from "./axe";
import { type Dashboard, startDashboard } from "./dashboard";
import { expect, flushesOf, test, visit } from "./people-fixture";

let server: MemcachedServer;
let dashboard: Dashboard;

test.beforeAll(async () => {
  test.setTimeout(360_000);
  server = await startMemcached({ mode: "plain" });
  dashboard = await startDashboard([{ name: "main", servers: [server.endpoint.id] }]);
});

test.afterAll(async () => {
  await dashboard?.stop();
  await server?.stop();
});

test.beforeEach(async ({ page }, { title }) => {
  if (title.startsWith("the error")) return;
  await visit(page, `${dashboard.url}/nodes/${encodeURIComponent(server.endpoint.id)}?tab=tools`);
});

const stat = async (group: string, name: string) =>
  statLines(await rawText(server.endpoint, `stats${group}\r\n`)).get(name);

test("a ping measures round trips and shows how they are distributed", async ({ page }) => {
  const panel = page.locator("section", { hasText: "Ping" }).first();
  await page.getByRole("combobox", { name: "Interval" }).selectOption("50");
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await expect(page.getByText("20 / 20")).toBeVisible();
  await expect(panel.getByText("p99")).toBeVisible();
  await expect(page.getByRole("region", { name: "Round-trip time distribution" })).toBeVisible();
  expect(await axeViolations(page)).toEqual([]);
});

test("a capability check tries every command and never flushes", async ({ page }) => {
  const before = await flushesOf(server.endpoint);
  await page.getByRole("button", { name: "Run check", exact: true }).click();
  await expect(page.getByText(/\d+ of \d+ checks of the text protocol passed/)).toBeVisible();
  await expect(page.getByRole("row", { name: /^incr/ }).first()).toContainText("OK");
  expect(await flushesOf(server.endpoint)).toBe(before);
  expect(await axeViolations(page)).toEqual([]);
});

test("a load test runs within its bounds and leaves no key", async ({ page }) => {
  test.setTimeout(90_000);
  await page.getByRole("textbox", { name: "Duration (seconds)" }).fill("3");
  await page.getByRole("textbox", { name: "Requests/s" }).fill("200");
  await page.getByRole("textbox", { name: "Keys" }).fill("50");
  const gets = Number(await stat("", "cmd_get"));
  await page.getByRole("button", { name: "Start load test" }).click();
  await expect(page.getByText("its keys are removed")).toBeVisible({ timeout: 60_000 });
  expect(Number(await stat("", "curr_items"))).toBe(0);
  expect(Number(await stat("", "cmd_get"))).toBeGreaterThan(gets);
  expect(await axeViolations(page)).toEqual([]);
});

test("tuning changes the running node and shows the old and new value", async ({ page }) => {
  const field = page.getByRole("textbox", { name: "MiB" });
  await field.fill("96");
  await field.locator("xpath=ancestor::form").getByRole("button", { name: "Change…" }).click();
  await page
    .getByText(`Apply to ${server.endpoint.id}?`)
    .locator("..")
    .getByRole("button", { name: "Apply" })
    .click();
  await expect(page.getByText(/limit_maxbytes \d+ → 100663296/)).toBeVisible();
  expect(await stat("", "limit_maxbytes")).toBe("100663296");

  await page.getByRole("combobox", { name: "level" }).selectOption("1");
  const level = page.getByRole("combobox", { name: "level" });
  await level.locator("xpath=ancestor::form").getByRole("button", { name: "Apply" }).click();
  await expect.poll(() => stat(" settings", "verbosity")).toBe("1");
  expect(await axeViolations(page)).toEqual([]);
});

test("the error lookup finds a log line, a number and a name", async ({ page }) => {
  await page.goto(`${dashboard.url}/tools`);
  const search = page.getByRole("searchbox", { name: "Code, name, or text" });
  for (const [query, answer] of [
    ["SERVER_ERROR out of memory storing object", "out of memory"],
    ["0x82", "0x82"],
    ["MEMCACHED_NOTFOUND", "MEMCACHED_NOTFOUND"],
  ] as const) {
    await search.fill(query);
    await expect(page.getByRole("row").nth(1)).toContainText(answer);
  }
  await expect(page).toHaveURL(/q=MEMCACHED_NOTFOUND/);
  expect(await axeViolations(page)).toEqual([]);
});
