import type { Browser, Page } from "@playwright/test";
import type { ShareStatus } from "@/lib/model/share.schema";
import { axeViolations } from "./axe";
import { expect, nodeUrl, signInBrowser, test, visit } from "./people-fixture";
import { openSettled } from "./settled";

/** A browser without a session. */
async function openVisitor(browser: Browser, more: object = {}): Promise<Page> {
  const context = await browser.newContext({ locale: "en-GB", timezoneId: "Asia/Tokyo", ...more });
  return context.newPage();
}

/** Makes a share as the signed-in operator would by the API, and gives its address. */
async function madeShare(page: Page, url: string, input: object): Promise<{ id: string; url: string }> {
  const response = await page.context().request.post(`${url}/api/v1/shares`, { data: input });
  expect(response.status()).toBe(201);
  return (await response.json()) as { id: string; url: string };
}

test("a link created in the dialog shows an anonymous visitor the same as the preview, with badge and picture", async ({
  guarded,
  browser,
  context,
  page,
}) => {
  const { url } = guarded.dashboard;
  const { id } = guarded.plain.endpoint;
  await signInBrowser(context, url, "operator");
  await visit(page, nodeUrl(url, guarded.plain.endpoint));
  await page.getByRole("button", { name: "Share…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Label").fill("Catalogue キャッシュ");
  await dialog.getByLabel("memcached version").check();
  await dialog.getByRole("checkbox", { name: "Connections" }).uncheck();
  await dialog.getByLabel("Hide hosts and addresses").check();
  const preview = dialog.getByRole("region", { name: "Preview" });
  await expect(preview).toContainText("Catalogue キャッシュ");
  await expect(preview).toContainText("node 1");
  await expect(preview).not.toContainText(id);
  await expect(preview.getByRole("heading", { name: "Connections" })).toHaveCount(0);
  expect(await axeViolations(page)).toEqual([]);
  const previewed = await preview.getByRole("heading").allInnerTexts();
  await dialog.getByRole("button", { name: "Create link" }).click();
  const link = await dialog.getByRole("textbox", { name: "Link", exact: true }).inputValue();
  expect(link).toMatch(new RegExp(`^${url}/s/[\\w-]{22}$`));
  await expect(dialog.getByRole("textbox", { name: "Markdown" })).toHaveValue(
    `[![Badge: status of Catalogue キャッシュ](${link}/badge.svg)](${link})`,
  );
  expect(await axeViolations(page)).toEqual([]);

  const visitor = await openVisitor(browser);
  const answer = await visitor.goto(link);
  expect(answer?.status()).toBe(200);
  await expect(visitor.getByRole("heading", { level: 1 })).toHaveText("Catalogue キャッシュ");
  const main = visitor.getByRole("main");
  await expect(main).toContainText("Up");
  await expect(main).toContainText("memcached 1.");
  await expect(main).toContainText("node 1");
  await expect(visitor.getByRole("navigation")).toHaveCount(0);
  const headings = await main.getByRole("heading", { level: 2 }).allInnerTexts();
  expect(headings).toEqual(previewed.filter((text) => text !== "Preview"));
  expect(await visitor.content()).not.toContain(id);
  expect(await visitor.context().cookies()).not.toContainEqual(expect.objectContaining({ httpOnly: true }));

  const head = (selector: string) => visitor.locator(selector).getAttribute("content");
  expect(await head('meta[name="robots"]')).toContain("noindex");
  expect(await head('meta[name="referrer"]')).toBe("no-referrer");
  expect(await head('meta[property="og:image"]')).toBe(`${link}/preview.png`);
  expect(await head('meta[property="og:url"]')).toBe(link);
  expect(await head('meta[property="og:title"]')).toContain("Catalogue キャッシュ");

  const status = (await (await visitor.request.get(`${link}/status.json`)).json()) as ShareStatus;
  expect(status.nodes.map((node) => node.name)).toEqual(["node 1"]);
  expect(status.nodes[0]?.currConnections).toBeNull();

  const badge = await visitor.request.get(`${link}/badge.svg`);
  expect(badge.headers()["content-type"]).toContain("image/svg+xml");
  expect(await badge.text()).toContain("Catalogue キャッシュ");
  const outputLength = guarded.dashboard.output().length;
  for (const language of ["en", "ja"]) {
    const picture = await visitor.request.get(`${link}/preview.png`, {
      headers: { "accept-language": language },
    });
    expect(picture.headers()["content-type"]).toBe("image/png");
    const bytes = await picture.body();
    expect(bytes.subarray(0, 8).toString("hex")).toBe("89504e470d0a1a0a");
    // IHDR: width and height are its first two numbers (PNG specification, 11.2.2).
    expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([1200, 630]);
  }
  // A character without a glyph would be requested from the internet, and the failure logged.
  expect(guarded.dashboard.output().slice(outputLength)).toBe("");
  await visitor.context().close();
});

test("the nodes that match the filters of the fleet page are shared together", async ({
  guarded,
  context,
  page,
}) => {
  const { url } = guarded.dashboard;
  const { id } = guarded.plain.endpoint;
  await signInBrowser(context, url, "operator");
  await visit(page, `${url}/?q=${encodeURIComponent(id)}`);
  await page.getByRole("button", { name: "Share…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Create link" }).click();
  const link = await dialog.getByRole("textbox", { name: "Link", exact: true }).inputValue();
  const status = (await (await fetch(`${link}/status.json`)).json()) as ShareStatus;
  expect(status.nodes.map((node) => node.name)).toEqual([id]);
});

test("a picture is drawn without the internet, whatever the label", async ({ guarded, context, page }) => {
  const { url } = guarded.dashboard;
  await signInBrowser(context, url, "operator");
  const made = await madeShare(page, url, { pool: "sessions", label: "🔥 한국어 ✓ \u202egnp" });
  const outputLength = guarded.dashboard.output().length;
  const picture = await page.request.get(`${made.url}/preview.png`);
  expect(picture.status()).toBe(200);
  expect(guarded.dashboard.output().slice(outputLength)).toBe("");
});

test("revoking closes an open page within 30 seconds, and the link behaves as if it never existed", async ({
  guarded,
  browser,
  context,
  page,
}) => {
  test.setTimeout(90_000);
  const { url } = guarded.dashboard;
  await signInBrowser(context, url, "operator");
  const made = await madeShare(page, url, { pool: "catalog", label: "soon gone" });
  const visitor = await openVisitor(browser);
  await visitor.goto(made.url);
  await expect(visitor.getByRole("heading", { level: 1 })).toHaveText("soon gone");

  await page.goto(`${url}/shares`);
  const row = page.getByRole("row").filter({ hasText: "soon gone" });
  await expect(row).toContainText("Pool catalog");
  await row.getByRole("button", { name: /^Revoke/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke link" }).click();
  await expect(page.getByText("Link revoked.")).toBeVisible();
  await expect(row).toHaveCount(0);

  await expect(visitor.getByRole("heading", { name: "Link no longer available" })).toBeVisible({
    timeout: 30_000,
  });
  await expect(visitor.getByText("soon gone")).toHaveCount(0);

  const revoked = await visitor.goto(made.url);
  expect(revoked?.status()).toBe(404);
  const revokedText = await visitor.getByRole("main").innerText();
  const unknown = await visitor.goto(`${url}/s/AAAAAAAAAAAAAAAAAAAAAA`);
  expect(unknown?.status()).toBe(404);
  expect(await visitor.getByRole("main").innerText()).toBe(revokedText);
  for (const path of ["", "/badge.svg", "/preview.png", "/status.json"]) {
    expect((await visitor.request.get(`${made.url}${path}`)).status()).toBe(404);
  }
  await visitor.context().close();
});

test("a link with a password asks for it, reveals nothing before, and reports a wrong one", async ({
  guarded,
  browser,
  context,
  page,
}) => {
  const { url } = guarded.dashboard;
  await signInBrowser(context, url, "operator");
  const input = { pool: "catalog", label: "behind a password", password: "open sesame", mode: "frozen" };
  const made = await madeShare(page, url, input);
  const visitor = await openVisitor(browser);
  await visitor.goto(made.url);
  await expect(visitor.getByRole("heading", { name: "Password required" })).toBeVisible();
  expect(await visitor.content()).not.toContain("behind a password");
  for (const path of ["/badge.svg", "/preview.png", "/status.json"]) {
    expect((await visitor.request.get(`${made.url}${path}`)).status()).toBe(404);
  }
  await visitor.getByLabel("Password").fill("open barley");
  await visitor.getByRole("button", { name: "Open" }).click();
  await expect(visitor.getByText("Incorrect password.")).toBeVisible();
  await visitor.getByLabel("Password").fill("open sesame");
  await visitor.getByRole("button", { name: "Open" }).click();
  await expect(visitor.getByRole("heading", { level: 1 })).toHaveText("behind a password");
  await expect(visitor.getByText(/^As of /)).toBeVisible();
  expect((await visitor.request.get(`${made.url}/preview.png`)).status()).toBe(200);
  await visitor.context().close();
});

for (const colorScheme of ["light", "dark"] as const) {
  for (const locale of ["en-GB", "ja-JP"]) {
    test(`axe finds nothing on a shared page in ${colorScheme} and ${locale}, and it fits a phone`, async ({
      guarded,
      browser,
      context,
      page,
    }) => {
      const { url } = guarded.dashboard;
      await signInBrowser(context, url, "operator");
      const open = await madeShare(page, url, {
        pool: "catalog",
        fields: ["version", "hitRatio", "memory", "connections", "charts", "markers"],
      });
      const locked = await madeShare(page, url, { pool: "catalog", password: "x" });
      const visitor = await openVisitor(browser, {
        colorScheme,
        locale,
        viewport: { width: 390, height: 844 },
      });
      for (const address of [open.url, locked.url, `${url}/s/AAAAAAAAAAAAAAAAAAAAAA`]) {
        await openSettled(visitor, address);
        expect(await axeViolations(visitor)).toEqual([]);
        const beyond = await visitor.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(beyond).toBeLessThanOrEqual(0);
      }
      await visitor.context().close();
    });
  }
}
