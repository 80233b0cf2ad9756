import { axeViolations } from "./axe";
import { startDashboard } from "./dashboard";
import { PASSWORDS } from "./people";
import { expect, nodeUrl, signInBrowser, test, visit } from "./people-fixture";
import { openSettled } from "./settled";

test.describe("signing in", () => {
  test("returns to the requested page, and signing out closes it again", async ({ guarded, page }) => {
    const { url } = guarded.dashboard;
    const wanted = nodeUrl(url, guarded.plain.endpoint);
    await page.goto(wanted);
    await expect(page).toHaveURL(/\/sign-in\?next=%2Fnodes%2F/);
    await page.getByLabel("User name").fill("operator");
    await page.getByLabel("Password").fill(PASSWORDS.operator);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(page).toHaveURL(wanted);
    await page.getByRole("button", { name: /operator · operator/ }).click();
    await page.getByRole("menuitem", { name: /Sign out/ }).click();
    await expect(page).toHaveURL(`${url}/sign-in`);
    await page.goto(wanted);
    await expect(page).toHaveURL(/\/sign-in\?next=/);
  });

  test("refuses a wrong password and an unknown user with the same message", async ({ guarded, page }) => {
    const errors: string[] = [];
    for (const username of ["operator", "nobody-of-that-name"]) {
      await page.goto(`${guarded.dashboard.url}/sign-in`);
      await page.getByLabel("User name").fill(username);
      await page.getByLabel("Password").fill("not the password");
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
      const alert = page.getByRole("alert").filter({ hasText: /\S/ });
      await expect(alert).toBeVisible();
      errors.push(await alert.innerText());
    }
    expect(errors).toEqual(["Incorrect user name or password.", "Incorrect user name or password."]);
  });

  test("never redirects to another site", async ({ guarded, page }) => {
    const { url } = guarded.dashboard;
    for (const next of ["//evil.test/", "https://evil.test/", "/\\evil.test"]) {
      await page.context().clearCookies();
      await page.goto(`${url}/sign-in?next=${encodeURIComponent(next)}`);
      await page.getByLabel("User name").fill("viewer");
      await page.getByLabel("Password").fill(PASSWORDS.viewer);
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
      await expect(page).toHaveURL(`${url}/`);
    }
  });

  test("asks to wait when the server limits attempts", async ({ guarded, page }) => {
    await page.goto(`${guarded.dashboard.url}/sign-in`);
    await page.route("**/api/v1/session", (route) =>
      route.fulfill({ status: 429, contentType: "application/problem+json", body: '{"title":"Slow down"}' }),
    );
    await page.getByLabel("User name").fill("viewer");
    await page.getByLabel("Password").fill("x");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(page.getByText("Too many attempts. Wait a minute, then try again.")).toBeVisible();
  });
});

test.describe("what a role sees", () => {
  test("a viewer has no access to actions and shares, and a flush shows the required role", async ({
    guarded,
    context,
    page,
  }) => {
    const { url } = guarded.dashboard;
    await signInBrowser(context, url, "viewer");
    await visit(page, nodeUrl(url, guarded.plain.endpoint));
    const navigation = page.getByRole("navigation", { name: "Pages" });
    await expect(navigation.getByRole("link", { name: "Fleet" })).toBeVisible();
    await expect(navigation.getByRole("link", { name: "Actions" })).toHaveCount(0);
    await expect(navigation.getByRole("link", { name: "Shares" })).toHaveCount(0);
    await expect(page.getByRole("button", { name: "Share…" })).toHaveCount(0);
    const flush = page.getByRole("button", { name: "Flush…" });
    await expect(flush).toHaveAttribute("aria-disabled", "true");
    await flush.hover();
    await expect(page.getByRole("tooltip")).toHaveText("This requires the operator role (you are viewer).");
    await page.goto(`${url}/actions`);
    await expect(page.getByText("Operator role required")).toBeVisible();
    await page.goto(`${url}/shares`);
    await expect(page.getByText("Operator role required")).toBeVisible();
  });

  test("an operator has both in the navigation", async ({ guarded, context, page }) => {
    const { url } = guarded.dashboard;
    await signInBrowser(context, url, "operator");
    await visit(page, url);
    await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Shares" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Shares" })).toBeVisible();
    await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Actions" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Actions" })).toBeVisible();
  });

  test("read-only mode is shown to everyone, and nothing can be flushed or shared", async ({
    guarded,
    context,
    page,
  }) => {
    const { dashboard, auth } = guarded;
    await signInBrowser(context, dashboard.url, "admin");
    const readOnly = async () => {
      const reply = await context.request.get(`${dashboard.url}/api/v1/session`);
      return ((await reply.json()) as { readOnly: boolean }).readOnly;
    };
    await dashboard.writeSettings({ auth, readOnly: true });
    try {
      await expect.poll(readOnly).toBe(true);
      await visit(page, nodeUrl(dashboard.url, guarded.plain.endpoint));
      await expect(page.getByRole("button", { name: /^Read-only\./ })).toBeVisible();
      for (const name of ["Flush…", "Share…"]) {
        await expect(page.getByRole("button", { name })).toHaveAttribute("aria-disabled", "true");
      }
    } finally {
      await dashboard.writeSettings({ auth });
      await expect.poll(readOnly).toBe(false);
    }
  });
});

test("without configured sign-in every page shows that everyone on this machine is admin", async ({
  page,
}) => {
  test.setTimeout(120_000);
  const open = await startDashboard([{ name: "none", servers: ["127.0.0.1:1"] }]);
  try {
    await page.goto(open.url);
    await expect(
      page.getByRole("button", { name: /^Local admin\. Sign-in is not configured/ }),
    ).toBeVisible();
    await page.goto(`${open.url}/sign-in`);
    await expect(page).toHaveURL(`${open.url}/`);
  } finally {
    await open.stop();
  }
});

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1440, 390]) {
    test.describe(`in ${colorScheme} at ${width} pixels`, () => {
      test.use({ colorScheme, viewport: { width, height: 844 } });
      test("axe finds nothing, and nothing is wider than the screen", async ({ guarded, context, page }) => {
        const { url } = guarded.dashboard;
        await openSettled(page, `${url}/sign-in?next=%2Factions`);
        const found: Record<string, unknown> = { "/sign-in": await snapshot(page) };
        await signInBrowser(context, url, "admin");
        for (const path of ["/actions", "/shares"]) {
          await openSettled(page, `${url}${path}`);
          found[path] = await snapshot(page);
        }
        const clean = { violations: [], beyond: 0 };
        expect(found).toEqual({ "/sign-in": clean, "/actions": clean, "/shares": clean });
      });
    });
  }
}

async function snapshot(page: import("@playwright/test").Page) {
  const beyond = await page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - innerWidth));
  return { violations: await axeViolations(page), beyond };
}
