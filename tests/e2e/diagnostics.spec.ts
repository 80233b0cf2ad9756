/** Diagnosing in a browser: the page compared with servers that are as exposed as their arguments make them. */
import { readFile } from "node:fs/promises";
import type { Browser, Locator, Page } from "@playwright/test";
import type { Diagnostic, Findings } from "@/lib/model/findings/finding.schema";
import type { Role } from "@/lib/model/roles";
import { freePort } from "../servers/free-port";
import { type MemcachedServer, startMemcached } from "../servers/memcached";
import { rawUdp } from "../servers/udp";
import { axeViolations } from "./axe";
import { type Dashboard, serverEntry, startDashboard } from "./dashboard";
import { asToken, authOfEveryRole } from "./people";
import { expect, signInBrowser, test, visit } from "./people-fixture";

let open: MemcachedServer;
let hardened: MemcachedServer;
let sasl: MemcachedServer;
let loud: MemcachedServer;
let dashboard: Dashboard;

test.beforeAll(async () => {
  test.setTimeout(360_000);
  const port = await freePort();
  [open, hardened, sasl, loud] = await Promise.all([
    startMemcached({ mode: "plain", port, args: ["-U", String(port)] }),
    startMemcached({
      mode: "authfile",
      memoryMb: 128,
      args: ["-F", "-X", "-o", "idle_timeout=600", "-c", "2048"],
    }),
    startMemcached({ mode: "sasl" }),
    startMemcached({ mode: "plain", args: ["-vv", "-A"] }),
  ]);
  dashboard = await startDashboard(
    [
      { name: "edge", servers: [open, loud].map(({ endpoint }) => serverEntry(endpoint)) },
      { name: "inner", servers: [hardened, sasl].map(({ endpoint }) => serverEntry(endpoint)) },
    ],
    { auth: await authOfEveryRole() },
  );
});

test.afterAll(async () => {
  await dashboard?.stop();
  await Promise.all([open, hardened, sasl, loud].map((server) => server?.stop()));
});

const findings = (page: Page): Locator => page.getByRole("table", { name: "Findings" });
const rowOf = (page: Page, server: MemcachedServer, text: string | RegExp): Locator =>
  findings(page).getByRole("row").filter({ hasText: server.endpoint.id }).filter({ hasText: text });

async function as(role: Role, page: Page, path = "/diagnostics"): Promise<void> {
  await signInBrowser(page.context(), dashboard.url, role);
  await page.goto(`${dashboard.url}${path}`);
  await expect(page.getByRole("main")).toBeVisible();
}

async function pageOf(browser: Browser, role: Role, path = "/diagnostics"): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await as(role, page, path);
  return page;
}

/** Runs every default probe on the fleet from the page, and waits for its end. */
async function diagnose(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Diagnose…" }).click();
  const dialog = page.getByRole("dialog", { name: "Diagnose" });
  await expect(dialog.getByRole("checkbox", { name: /^Round trip/ })).not.toBeChecked();
  await dialog.getByRole("button", { name: "Diagnose 4 nodes" }).click();
  await expect(dialog).toBeHidden();
  const progress = page.getByRole("status").filter({ hasText: "probes" });
  await expect(progress).toContainText("32 of 32 probes", { timeout: 90_000 });
  await expect(progress).toContainText("Done");
}

/** Has every node diagnosed, unless some already were. */
async function diagnoseAll(): Promise<void> {
  const headers = { ...asToken("admin"), "content-type": "application/json" };
  const api = `${dashboard.url}/api/v1/diagnostics`;
  const { totals } = (await (await fetch(api, { headers })).json()) as Findings;
  if (totals.ok > 0) return;
  const begun = await fetch(api, { method: "POST", headers, body: "{}" });
  const { id } = (await begun.json()) as Diagnostic;
  const state = async () => ((await (await fetch(`${api}/${id}`, { headers })).json()) as Diagnostic).state;
  await expect.poll(state, { timeout: 90_000 }).toBe("done");
}

async function openDialog(page: Page, row: Locator): Promise<Locator> {
  await row.getByRole("button", { name: /^Details/ }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toBeVisible();
  return dialog;
}

test("an empty page shows what to do, and a viewer why they cannot", async ({ page }) => {
  await as("viewer", page);
  await expect(page.getByRole("main")).toContainText("No diagnostics yet");
  expect(await axeViolations(page)).toEqual([]);
  await page.getByRole("button", { name: "Diagnose…" }).click({ force: true });
  await expect(page.getByRole("tooltip")).toBeVisible();
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("a run shows its progress, and the worst findings come first", async ({ page }) => {
  test.setTimeout(120_000);
  await as("operator", page);
  await diagnose(page);
  await expect(page.getByRole("list", { name: "Progress by probe" })).toContainText("UDP 4 of 4");
  await expect(rowOf(page, open, /UDP (on )?port/)).toContainText(
    /Answers UDP on port \d+: \d+ bytes sent, [\d,]+ bytes received/,
  );
  await expect(rowOf(page, open, /UDP (on )?port/)).toContainText("open");
  await expect(rowOf(page, loud, "verbosity 2")).toContainText("Warning");
  await expect(rowOf(page, loud, "can shut it down")).toHaveCount(1);
  await expect(rowOf(page, hardened, "verbosity")).toHaveCount(0);
  const severities = await findings(page).getByRole("row").locator("td:first-child").allInnerTexts();
  const ranks = severities.map((text) => ["Critical", "Warning", "Info", "OK"].indexOf(text.trim()));
  expect(ranks.length).toBeGreaterThan(4);
  expect(ranks).not.toContain(-1);
  expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
});

test.describe("what was found", () => {
  test.beforeAll(diagnoseAll);

  test("the matrix has every node, and its cells lead to the node's findings", async ({ page }) => {
    await as("viewer", page);
    const matrix = page.getByRole("table", { name: "Nodes and probes" });
    await expect(matrix.getByRole("row")).toHaveCount(5);
    await matrix
      .getByRole("row")
      .filter({ hasText: open.endpoint.id })
      .getByRole("link", { name: /Warning/ })
      .first()
      .click();
    await expect(page).toHaveURL(/tab=diagnostics.*probe=/);
    await expect(page.getByRole("main")).toContainText(/Answers UDP on port \d+: \d+ bytes/);
  });

  test("filters are in the address, and Back undoes them", async ({ page }) => {
    await as("viewer", page);
    await page.getByRole("combobox", { name: "Probe" }).selectOption("settings");
    await expect(page).toHaveURL(/probe=settings/);
    await expect(rowOf(page, open, /UDP (on )?port/)).toHaveCount(0);
    await page.getByRole("button", { name: /^OK/ }).click();
    await expect(page).toHaveURL(/severity=ok/);
    await expect(rowOf(page, hardened, "Logs errors only")).toHaveCount(1);
    // The router adopts a written address a moment later and shows it nowhere; hands are slower than that.
    await page.waitForTimeout(1_000);
    await page.reload();
    await expect(rowOf(page, hardened, "Logs errors only")).toHaveCount(1);
    await page.goBack();
    await expect(page).toHaveURL(/probe=settings(?!.*severity)/);
    await expect(rowOf(page, hardened, "Logs errors only")).toHaveCount(0);
    await page.waitForTimeout(1_000);
    await page.goBack();
    await expect(rowOf(page, open, /UDP (on )?port/)).toHaveCount(1);
    await page.getByRole("searchbox", { name: "Filter findings" }).fill("verbosity");
    await expect(page).toHaveURL(/q=verbosity/);
    await expect(findings(page).getByRole("row")).toHaveCount(2);
  });

  test("a finding shows the request, the reply, its origin, and what a scan would miss", async ({ page }) => {
    await as("viewer", page);
    const dialog = await openDialog(page, rowOf(page, open, /UDP (on )?port/));
    // What a client of its own gets over UDP, eight bytes of frame included.
    const { address } = open.endpoint;
    const replies = await rawUdp(address.kind === "tcp" ? address.port : 0, "version");
    const bytes = replies.reduce((sum, datagram) => sum + datagram.length, 0);
    await expect(dialog).toContainText(`17 B → ${bytes} B`);
    await expect(dialog).toContainText(/VERSION 1\.\d+\.\d+/);
    await expect(dialog).toContainText("probed from");
    await expect(dialog).toContainText("nc -uvz reports “succeeded”");
    await expect(dialog.getByRole("button", { name: "Run again" })).toBeDisabled();
    await expect(page).toHaveURL(/finding=udp-answers/);
    await page.reload();
    await expect(page.getByRole("dialog")).toContainText("17 B →");
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await expect(page).not.toHaveURL(/finding=/);
  });

  test("a finding is loaded when it is opened: until then a placeholder is shown, and a failed load can be retried", async ({
    page,
  }) => {
    const requested: string[] = [];
    let answer: "wait" | "fail" | "pass" = "wait";
    let go = () => {};
    await page.route(/\/api\/v1\/diagnostics\?/, async (route) => {
      const url = route.request().url();
      requested.push(url);
      if (!url.includes("check=")) return route.continue();
      if (answer === "fail") return route.fulfill({ status: 503, json: { title: "Not available now" } });
      if (answer === "wait") {
        await new Promise<void>((resolve) => {
          go = resolve;
        });
      }
      return route.continue();
    });
    await as("viewer", page);
    const dialog = await openDialog(page, rowOf(page, loud, "verbosity 2"));
    await expect(dialog).toContainText("verbosity 2");
    await expect(dialog.getByRole("status", { name: /^Loading/ })).toBeVisible();
    expect(requested.filter((url) => url.includes("form=whole"))).toHaveLength(1);
    expect(
      requested.filter((url) => !url.includes("check=")).every((url) => url.includes("form=brief")),
    ).toBe(true);
    go();
    await expect(dialog).toContainText("How to fix it");
    await expect(dialog.getByRole("status", { name: /^Loading/ })).toHaveCount(0);
    await page.keyboard.press("Escape");
    answer = "fail";
    const other = await openDialog(page, rowOf(page, loud, "can shut it down"));
    await expect(other.getByRole("alert")).toContainText("Couldn’t load the finding");
    await expect(other).toContainText(loud.endpoint.id);
    answer = "pass";
    await other.getByRole("button", { name: "Try again" }).click();
    await expect(other).toContainText("How to fix it");
    await page.goto(`${dashboard.url}/diagnostics?finding=never-was@${loud.endpoint.id}`);
    await expect(page.getByRole("dialog")).toContainText("Finding no longer available");
  });

  test("an exposed node is flagged on its own page", async ({ page }) => {
    await as("viewer", page, `/nodes/${encodeURIComponent(loud.endpoint.id)}`);
    await page.getByRole("link", { name: /warnings?$/ }).click();
    await expect(page).toHaveURL(/tab=diagnostics/);
    await expect(page.getByRole("main")).toContainText("can shut it down");
  });

  test("a re-test after a fix turns it green, with both results side by side", async ({ page }) => {
    test.setTimeout(120_000);
    await as("operator", page);
    const dialog = await openDialog(page, rowOf(page, open, /UDP (on )?port/));
    const { address } = open.endpoint;
    const port = address.kind === "tcp" ? String(address.port) : "";
    const user = process.getuid?.() === 0 ? ["-u", "root"] : [];
    await open.restart(["-l", "127.0.0.1", "-p", port, "-U", "0", ...user]);
    await dialog.getByRole("button", { name: "Run again" }).click();
    await expect(dialog.getByRole("region", { name: "Now (changed)", exact: true })).toContainText(
      "refused",
      {
        timeout: 60_000,
      },
    );
    await expect(dialog.getByRole("region", { name: "Now (changed)", exact: true })).toContainText("OK");
    await expect(dialog.getByRole("region", { name: "Before", exact: true })).toContainText("open");
    await expect(dialog.getByRole("region", { name: "Before", exact: true })).toContainText("17 B →");
    await expect(dialog).toContainText("is closed (refused)");
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await expect(rowOf(page, open, /UDP (on )?port/)).toHaveCount(0);
  });

  test("a run can be stopped", async ({ page }) => {
    test.setTimeout(120_000);
    await sasl.freeze();
    try {
      await as("operator", page);
      await page.getByRole("button", { name: "Diagnose…" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Diagnose 4 nodes" }).click();
      const progress = page.getByRole("status").filter({ hasText: "probes" });
      await progress.getByRole("button", { name: "Stop" }).click();
      await expect(progress).toContainText("Stopped");
    } finally {
      sasl.thaw();
    }
  });

  test("findings can be exported as CSV, as JSON, and printed", async ({ page }) => {
    await as("viewer", page);
    await expect(findings(page)).toBeVisible();
    const saved = async (name: string) => {
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name }).click(),
      ]);
      return readFile(await download.path(), "utf8");
    };
    const csv = await saved("Download CSV");
    expect(csv.split("\n")[0]).toContain('"time","pool","node","probe","check","severity","verdict"');
    expect(csv).toContain(`"${loud.endpoint.id}","settings","verbosity","warning"`);
    const json = JSON.parse(await saved("Download JSON")) as { findings: { check: string }[] };
    expect(json.findings.some(({ check }) => check === "shutdown-command")).toBe(true);
    await page.emulateMedia({ media: "print" });
    await expect(page.getByRole("article").filter({ hasText: "verbosity 2" })).toContainText("probed from");
    await expect(page.getByRole("navigation")).toHaveCount(0);
    await expect(page.getByRole("button", { name: "Print" })).toBeHidden();
    await expect(page.getByRole("main")).toContainText("To include evidence, use the Print button");
    await page.emulateMedia({ media: "screen" });
    await page.evaluate(() => {
      window.print = () => document.body.setAttribute("data-printed", "");
    });
    await page.getByRole("button", { name: "Print" }).click();
    await expect(page.locator("body")).toHaveAttribute("data-printed", "");
    await page.emulateMedia({ media: "print" });
    const udp = page
      .getByRole("article")
      .filter({ hasText: loud.endpoint.id })
      .filter({ hasText: "can shut it down" });
    await expect(udp.getByRole("definition").first()).toBeVisible();
    await expect(page.getByRole("main")).not.toContainText("To include evidence, use the Print button");
  });

  test("only an admin can mark a build as patched", async ({ page, browser }) => {
    await as("operator", page);
    const floor = /security fixes up to/;
    const refused = await openDialog(page, rowOf(page, hardened, floor));
    await expect(refused).toContainText("Distribution patch status");
    await expect(refused.getByRole("button", { name: "Mark as patched" })).toHaveCount(0);
    const admin = await pageOf(browser, "admin");
    const dialog = await openDialog(admin, rowOf(admin, hardened, floor));
    await dialog.getByRole("textbox").fill("DSA-1234");
    await dialog.getByRole("button", { name: "Mark as patched" }).click();
    await expect(dialog).toContainText("Marked as patched by admin");
    await expect(dialog).toContainText("DSA-1234");
    await expect(dialog).toContainText("an admin marked this build as patched");
    await dialog.getByRole("button", { name: "Undo" }).click();
    await expect(dialog).toContainText("security fixes up to");
    await admin.context().close();
  });

  for (const colorScheme of ["light", "dark"] as const) {
    test.describe(`in ${colorScheme}`, () => {
      test.use({ colorScheme });
      test("axe finds nothing on the page, its dialogs and the tab", async ({ page }) => {
        await as("admin", page);
        await expect(findings(page)).toBeVisible();
        expect(await axeViolations(page)).toEqual([]);
        await page.getByRole("button", { name: "Diagnose…" }).click();
        await expect(page.getByRole("dialog")).toBeVisible();
        expect(await axeViolations(page)).toEqual([]);
        await page.keyboard.press("Escape");
        await openDialog(page, rowOf(page, hardened, /security fixes up to/));
        expect(await axeViolations(page)).toEqual([]);
        await as("admin", page, `/nodes/${encodeURIComponent(loud.endpoint.id)}?tab=diagnostics`);
        await expect(findings(page)).toBeVisible();
        expect(await axeViolations(page)).toEqual([]);
      });
    });
  }

  test.describe("at 390 pixels", () => {
    test.use({ viewport: { width: 390, height: 844 } });
    test("nothing is wider than the screen, dialogs included", async ({ page }) => {
      await as("operator", page);
      await expect(findings(page)).toBeVisible();
      const beyond = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(await beyond()).toBe(0);
      const dialog = await openDialog(page, rowOf(page, loud, "verbosity 2"));
      expect(await beyond()).toBe(0);
      expect(await dialog.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
    });
  });

  test.describe("in Japanese", () => {
    test.use({ locale: "ja-JP" });
    test("findings are shown in Japanese with the same values", async ({ page }) => {
      await signInBrowser(page.context(), dashboard.url, "viewer");
      await visit(page, `${dashboard.url}/`);
      await page.goto(`${dashboard.url}/diagnostics?q=verbosity`);
      const row = page
        .getByRole("row")
        .filter({ hasText: loud.endpoint.id })
        .filter({ hasText: "verbosity 2" });
      await expect(row).toContainText("ログにエラー以外も出力します");
      await expect(row).toContainText("検査元");
    });
  });
});
