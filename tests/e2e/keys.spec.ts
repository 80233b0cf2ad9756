/** Looking up, storing, changing, listing and removing keys in a browser, checked on the node. */
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import type { Page } from "@playwright/test";
import { type MemcachedServer, startMemcached } from "../servers/memcached";
import { rawText } from "../servers/raw-text";
import { axeViolations } from "./axe";
import { type Dashboard, serverEntry, startDashboard } from "./dashboard";
import { expect, test, visit } from "./people-fixture";

let plain: MemcachedServer;
let other: MemcachedServer;
let sasl: MemcachedServer;
let dashboard: Dashboard;

test.beforeAll(async () => {
  test.setTimeout(360_000);
  [plain, other, sasl] = await Promise.all([
    startMemcached({ mode: "plain" }),
    startMemcached({ mode: "plain" }),
    startMemcached({ mode: "sasl" }),
  ]);
  dashboard = await startDashboard([
    { name: "main", servers: [plain.endpoint.id, other.endpoint.id] },
    { name: "signed", servers: [serverEntry(sasl.endpoint)] },
  ]);
});

test.afterAll(async () => {
  await dashboard?.stop();
  await Promise.all([plain, other, sasl].map((server) => server?.stop()));
});

/** Stores bytes as a client would. */
async function put(key: string, value: Buffer): Promise<void> {
  const [name, text] = [Buffer.from(key), value].map((bytes) => bytes.toString("latin1"));
  await rawText(plain.endpoint, `set ${name} 5 0 ${value.length}\r\n${text}\r\n`, ["STORED\r\n"]);
}

async function openKeys(page: Page, server: MemcachedServer, query = ""): Promise<void> {
  await visit(page, `${dashboard.url}/nodes/${encodeURIComponent(server.endpoint.id)}?tab=keys${query}`);
}

async function lookUp(page: Page, key: string): Promise<void> {
  await page.getByRole("textbox", { name: "Key", exact: true }).fill(key);
  await page.getByRole("button", { name: "Look up", exact: true }).click();
}

test("a key is looked up as JSON without moving it in the LRU, and its link shows it again", async ({
  page,
}) => {
  await put("user/17 ünïcode".replace(" ", "-"), Buffer.from('{"id":12345678901234567890,"ok":true}'));
  await openKeys(page, plain);
  await lookUp(page, "user/17-ünïcode");
  const main = page.getByRole("main");
  await expect(main).toContainText("Found");
  await expect(main).toContainText('"id": 12345678901234567890');
  await expect(main.getByText("Fetched since stored").locator("..")).toContainText("no");
  await expect(page).toHaveURL(/key=user/);
  const name = Buffer.from("user/17-ünïcode").toString("latin1");
  // `f` and `h`: fetched before, read without counting as a fetch.
  expect(await rawText(plain.endpoint, `mg ${name} h\r\n`, ["\r\n"])).toBe("HD h0\r\n");
  expect(await axeViolations(page)).toEqual([]);
  await page.reload();
  await expect(main).toContainText('"ok": true');
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download" }).click(),
  ]);
  expect(await readFile(await file.path(), "utf8")).toBe('{"id":12345678901234567890,"ok":true}');
});

test("a compressed value is shown decompressed, and its bytes on request", async ({ page }) => {
  await put("packed", gzipSync("hello from inside"));
  await openKeys(page, plain, "&key=packed");
  await expect(page.getByRole("main")).toContainText("hello from inside");
  await page.getByRole("checkbox", { name: /decompressed/ }).uncheck();
  await expect(page.getByRole("main")).toContainText("00000000  1f 8b 08");
});

test("a key is stored from a form and from a file, changed, and deleted", async ({ page }) => {
  await openKeys(page, plain);
  await page.getByRole("button", { name: "Store key…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Key", exact: true }).fill("stock");
  await dialog.getByRole("textbox", { name: "Value" }).fill("41");
  await dialog.getByRole("textbox", { name: "flags" }).fill("7");
  expect(await axeViolations(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Store", exact: true }).click();
  await expect(dialog).toContainText("STORED");
  expect(await rawText(plain.endpoint, "get stock\r\n")).toBe("VALUE stock 7 2\r\n41\r\nEND\r\n");
  await dialog.getByRole("button", { name: "Close", exact: true }).last().click();

  await page.getByRole("button", { name: "incr", exact: true }).click();
  await expect.poll(() => rawText(plain.endpoint, "get stock\r\n")).toContain("42\r\n");
  await expect(page.getByRole("main")).toContainText("42");

  await page.getByRole("button", { name: "Store key…" }).click();
  await dialog.getByRole("textbox", { name: "Key", exact: true }).fill("stock");
  await dialog.getByLabel("From file (up to 1 MiB)").setInputFiles({
    name: "blob.bin",
    mimeType: "application/octet-stream",
    buffer: Buffer.from([0, 255, 13, 10, 0]),
  });
  await dialog.getByRole("button", { name: "Store", exact: true }).click();
  await expect(dialog).toContainText("STORED");
  expect(await rawText(plain.endpoint, "get stock\r\n")).toBe("VALUE stock 0 5\r\n\0\xff\r\n\0\r\nEND\r\n");
  await dialog.getByRole("button", { name: "Close", exact: true }).last().click();

  await page.getByRole("button", { name: "Delete…", exact: true }).click();
  await page.getByRole("button", { name: "Delete key" }).click();
  await expect(page.getByRole("main")).toContainText("Not on this node");
  expect(await rawText(plain.endpoint, "get stock\r\n")).toBe("END\r\n");
});

test("the owner of a key is shown for every hashing, with the nodes that have it", async ({ page }) => {
  await put("owned", Buffer.from("x"));
  await openKeys(page, plain, "&key=owned");
  await page.getByRole("button", { name: /Find the owner in main/ }).click();
  const main = page.getByRole("main");
  await expect(main).toContainText(`Found on ${plain.endpoint.id}`);
  for (const hashing of ["ketama", "modulo", "memjs"]) await expect(main).toContainText(hashing);
  expect(await axeViolations(page)).toEqual([]);
});

test("keys are listed by prefix, counted before they are deleted, and only those are deleted", async ({
  page,
}) => {
  test.setTimeout(90_000);
  const sets = ["a", "b", "c", "d", "e"].map((key) => `set old:${key} 0 0 1\r\nx\r\n`).join("");
  await rawText(plain.endpoint, `${sets}set new:a 0 0 1\r\nx\r\n`, ["STORED\r\n".repeat(6)]);
  await openKeys(page, plain);
  const main = page.getByRole("main");
  await main.getByRole("textbox", { name: "Prefix" }).fill("old:");
  await main.getByRole("button", { name: "List keys", exact: true }).click();
  await expect(main).toContainText(/5 of \d+ keys match/);
  await expect(main.getByRole("link", { name: "old:c" })).toBeVisible();
  await expect(main.getByRole("link", { name: "new:a" })).toHaveCount(0);
  expect(await axeViolations(page)).toEqual([]);

  await main.getByRole("button", { name: "Delete all…" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("5 keys start with this prefix");
  const confirm = dialog.getByRole("button", { name: "Delete keys" });
  await expect(confirm).toBeDisabled();
  await dialog.getByRole("textbox", { name: "Prefix to confirm" }).fill("old:");
  expect(await axeViolations(page)).toEqual([]);
  await confirm.click();
  await expect(dialog).toContainText("5 of 5 done");
  await expect(dialog).toContainText("Done.");
  expect(await rawText(plain.endpoint, "get old:a old:b old:c old:d old:e new:a\r\n")).toBe(
    "VALUE new:a 0 1\r\nx\r\nEND\r\n",
  );
});

test("a SASL node allows key lookups, and shows why it cannot list keys", async ({ page }) => {
  await openKeys(page, sasl);
  await expect(page.getByRole("main")).toContainText("Not available over the binary protocol");
  await page.getByRole("button", { name: "Store key…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Key", exact: true }).fill("guarded");
  await dialog.getByRole("textbox", { name: "Value" }).fill("kept by SASL");
  await dialog.getByRole("button", { name: "Store", exact: true }).click();
  await expect(dialog).toContainText(/stored/i);
  await dialog.getByRole("button", { name: "Close", exact: true }).last().click();
  await expect(page.getByRole("main")).toContainText("kept by SASL");
  await expect(page.getByRole("main")).toContainText("counted as a get");
});

test("a value that looks like a script is shown as text, and invisible characters of a key are shown", async ({
  page,
}) => {
  const alerts: string[] = [];
  page.on("dialog", (dialog) => {
    alerts.push(dialog.message());
    void dialog.dismiss();
  });
  await put("evil<img/src=x/onerror=alert(1)>", Buffer.from("<script>alert(2)</script>\u202eabc"));
  await openKeys(page, plain, `&key=${encodeURIComponent("evil<img/src=x/onerror=alert(1)>")}`);
  await expect(page.getByRole("main")).toContainText("<script>alert(2)</script>");
  await expect(page.getByRole("main")).toContainText("\\u{");
  expect(alerts).toEqual([]);
});
