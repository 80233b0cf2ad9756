import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { rawText } from "../servers/raw-text";
import { axeViolations } from "./axe";
import { expect, flushesOf, nodeUrl, signInBrowser, test, visit } from "./people-fixture";
import { openSettled } from "./settled";

test.describe("flushing a node", () => {
  test("by an operator is confirmed by typing in production, and verified by the node's own counter", async ({
    guarded,
    context,
    page,
  }) => {
    const { dashboard, production } = guarded;
    const { endpoint } = production;
    await rawText(endpoint, "set kept 0 0 4\r\nkept\r\n", ["STORED\r\n"]);
    const before = await flushesOf(endpoint);
    await signInBrowser(context, dashboard.url, "operator");
    await visit(page, nodeUrl(dashboard.url, endpoint));
    await page.getByRole("button", { name: "Flush…" }).click();
    const dialog = page.getByRole("dialog");
    await expect(dialog).toContainText("There is no undo");
    await expect(dialog).toContainText("Hits lost");
    const confirm = dialog.getByRole("button", { name: `Flush ${endpoint.id}` });
    await expect(confirm).toBeDisabled();
    const field = dialog.getByRole("textbox", { name: "Node to flush" });
    await field.fill(endpoint.id.slice(0, -1));
    await expect(confirm).toBeDisabled();
    expect(await flushesOf(endpoint)).toBe(before);
    await field.fill(endpoint.id);
    expect(await axeViolations(page)).toEqual([]);
    await confirm.click();
    await expect(dialog).toContainText(`cmd_flush went from ${before} to ${before + 1}`);
    expect(await flushesOf(endpoint)).toBe(before + 1);
    expect(await rawText(endpoint, "get kept\r\n")).toBe("END\r\n");
    expect(await axeViolations(page)).toEqual([]);

    await dialog.getByRole("link", { name: "View in actions" }).click();
    await expect(dialog).toContainText(`flush_all · ${endpoint.id}`);
    await expect(dialog).toContainText("Done.");
    await page.keyboard.press("Escape");
    const row = page.getByRole("row").filter({ hasText: "flush_all" }).first();
    await expect(row).toContainText("operator");
    await expect(row).toContainText(endpoint.id);
    await expect(row).toContainText("Done");
  });

  test("outside production requires a single click", async ({ guarded, context, page }) => {
    const { dashboard, plain } = guarded;
    const before = await flushesOf(plain.endpoint);
    await signInBrowser(context, dashboard.url, "operator");
    await visit(page, nodeUrl(dashboard.url, plain.endpoint));
    await page.getByRole("button", { name: "Flush…" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: `Flush ${plain.endpoint.id}` }).click();
    await expect(dialog).toContainText(`cmd_flush went from ${before} to ${before + 1}`);
    expect(await flushesOf(plain.endpoint)).toBe(before + 1);
  });

  test("is disabled with a reason where the node was started with -F", async ({ guarded, context, page }) => {
    const { dashboard, unflushable } = guarded;
    await signInBrowser(context, dashboard.url, "operator");
    await visit(page, nodeUrl(dashboard.url, unflushable.endpoint));
    const button = page.getByRole("button", { name: "Flush…" });
    await expect(button).toHaveAttribute("aria-disabled", "true");
    await button.hover();
    await expect(page.getByRole("tooltip")).toContainText("flush_enabled is no");
  });
});

test.describe("the actions page", () => {
  test("keeps its filters in the address, and exports the matching entries as files", async ({
    guarded,
    context,
    page,
  }) => {
    const { url } = guarded.dashboard;
    await signInBrowser(context, url, "operator");
    await openSettled(page, `${url}/actions`);
    await page.getByRole("combobox", { name: "Action" }).selectOption("sign_in");
    await expect(page).toHaveURL(/kind=sign_in/);
    await expect(page.getByRole("cell", { name: "flush_all" })).toHaveCount(0);
    await page.getByRole("textbox", { name: "Actor" }).fill("nobody-of-that-name");
    await expect(page.getByText("No matching actions")).toBeVisible();
    await page.getByRole("button", { name: "Clear filters" }).first().click();
    await expect(page).toHaveURL(`${url}/actions`);

    await page
      .getByRole("button", { name: /^Details of Sign-in/ })
      .first()
      .click();
    await expect(page.getByRole("dialog")).toContainText('"via": "password"');
    await page.keyboard.press("Escape");

    const [csv] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Download CSV" }).click(),
    ]);
    expect(csv.suggestedFilename()).toMatch(/^memfleet-audit-.*\.csv$/);
    const lines = (await readFile(await csv.path(), "utf8")).trim().split(/\r?\n/);
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.some((line) => line.includes("sign_in"))).toBe(true);
    const [json] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Download JSON" }).click(),
    ]);
    const entries = JSON.parse(await readFile(await json.path(), "utf8")) as { kind: string }[];
    expect(entries.length).toBeGreaterThan(0);
  });
});

/** What a hostile page can make a signed-in browser send. Every way names the node and would be a valid flush. */
function hostilePage(target: string, node: string): string {
  const body = JSON.stringify({ kind: "flush_all", nodes: [node], input: {}, confirm: node });
  const [name, value] = [body.slice(0, -1), "}"];
  const query = `kind=flush_all&nodes=${encodeURIComponent(node)}&confirm=${encodeURIComponent(node)}`;
  const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  return `<!doctype html><title>another site</title>
<iframe name="sink1"></iframe><iframe name="sink2"></iframe><iframe name="sink3"></iframe>
<form id="plain" target="sink1" method="post" enctype="text/plain" action="${target}/api/v1/actions">
  <input name="${escaped(`${name},"x":"`)}" value="${escaped(`"${value}`)}"></form>
<form id="encoded" target="sink2" method="post" action="${target}/api/v1/actions">
  <input name="kind" value="flush_all"><input name="nodes" value="${escaped(node)}"><input name="confirm" value="${escaped(node)}"></form>
<form id="get" target="sink3" method="get" action="${target}/api/v1/actions">
  <input name="kind" value="flush_all"><input name="confirm" value="${escaped(node)}"></form>
<img src="${target}/api/v1/actions?${escaped(query)}" alt="">
<img src="${target}/api/v1/actions/preview?kind=flush_all&amp;node=${encodeURIComponent(node)}" alt="">
<script>
async function attack() {
  const url = ${JSON.stringify(`${target}/api/v1/actions`)};
  const body = ${JSON.stringify(body)};
  const tries = ["text/plain", "application/json", "application/x-www-form-urlencoded"].flatMap((type) =>
    ["cors", "no-cors"].map((mode) =>
      fetch(url, { method: "POST", mode, credentials: "include", headers: { "content-type": type }, body })));
  tries.push(fetch(url + "/x", { method: "DELETE", mode: "cors", credentials: "include" }));
  navigator.sendBeacon(url, new Blob([body], { type: "text/plain" }));
  const ended = await Promise.allSettled(tries);
  for (const id of ["plain", "encoded", "get"]) document.getElementById(id).submit();
  return ended.map(({ status, value }) => status === "fulfilled" ? value.type : "blocked");
}
</script>`;
}

test("another site cannot make a signed-in browser flush a node", async ({ guarded, context, page }) => {
  const { dashboard, plain } = guarded;
  const { endpoint } = plain;
  await signInBrowser(context, dashboard.url, "operator");
  await visit(page, dashboard.url);
  const before = await flushesOf(endpoint);
  const attacker = createServer((_, response) => {
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end(hostilePage(dashboard.url, endpoint.id));
  });
  await new Promise<void>((resolve) => attacker.listen(0, "localhost", resolve));
  const { port } = attacker.address() as AddressInfo;
  try {
    // `localhost` and `127.0.0.1` are different sites; two ports of one host would be the same one.
    const posts: { status: number; isForm: boolean }[] = [];
    page.on("response", (response) => {
      const request = response.request();
      if (request.method() === "POST" && response.url().startsWith(dashboard.url)) {
        posts.push({ status: response.status(), isForm: request.isNavigationRequest() });
      }
    });
    await page.goto(`http://localhost:${port}/`);
    const ended = await page.evaluate(() => (window as unknown as { attack(): Promise<string[]> }).attack());
    expect(ended).not.toContain("basic");
    expect(ended).not.toContain("cors");
    // Its own requests, and then those of its two forms.
    await expect.poll(() => posts.filter(({ isForm }) => isForm)).toHaveLength(2);
    expect(await flushesOf(endpoint)).toBe(before);
    expect(posts.every(({ status }) => status >= 400)).toBe(true);

    // Opening the dashboard from there, as a link would, changes nothing either, and the session still works.
    await page.goto(
      `${dashboard.url}/api/v1/actions?kind=flush_all&confirm=${encodeURIComponent(endpoint.id)}`,
    );
    expect(await flushesOf(endpoint)).toBe(before);
    await visit(page, dashboard.url);
    const status = await page.evaluate(async (node) => {
      const response = await fetch("/api/v1/actions", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ kind: "flush_all", nodes: [node], input: {}, confirm: node }),
      });
      return response.status;
    }, endpoint.id);
    expect(status).toBe(202);
    await expect.poll(() => flushesOf(endpoint)).toBe(before + 1);
  } finally {
    await new Promise((resolve) => {
      attacker.close(resolve);
      attacker.closeAllConnections();
    });
  }
});
