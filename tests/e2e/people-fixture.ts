/** A dashboard with a user of every role over three real nodes, and ways to sign a browser in. */
import { type BrowserContext, test as base, expect, type Page } from "@playwright/test";
import type { NodeEndpoint } from "@/lib/memcached/contract";
import type { Role } from "@/lib/model/roles";
import { type MemcachedServer, startMemcached } from "../servers/memcached";
import { rawText, statLines } from "../servers/raw-text";
import { type Dashboard, startDashboard } from "./dashboard";
import { authOfEveryRole, PASSWORDS } from "./people";
import { follows } from "./settled";

export interface Guarded {
  readonly dashboard: Dashboard;
  readonly auth: Awaited<ReturnType<typeof authOfEveryRole>>;
  /** In a pool labelled env: production. */
  readonly production: MemcachedServer;
  /** In a pool without labels. */
  readonly plain: MemcachedServer;
  /** Started with -F: it refuses flush_all. */
  readonly unflushable: MemcachedServer;
}

export const test = base.extend<object, { guarded: Guarded }>({
  guarded: [
    async ({ playwright: _ }, use) => {
      const [production, plain, unflushable] = await Promise.all([
        startMemcached({ mode: "plain" }),
        startMemcached({ mode: "plain" }),
        startMemcached({ mode: "plain", args: ["-F"] }),
      ]);
      const auth = await authOfEveryRole();
      const dashboard = await startDashboard(
        [
          { name: "sessions", labels: { env: "production" }, servers: [production.endpoint.id] },
          { name: "catalog", servers: [plain.endpoint.id, unflushable.endpoint.id] },
        ],
        { auth },
      );
      await use({ dashboard, auth, production, plain, unflushable });
      await dashboard.stop();
      await Promise.all([production.stop(), plain.stop(), unflushable.stop()]);
    },
    { scope: "worker", timeout: 360_000 },
  ],
});

export { expect };

/** Signs a browser in as the user of a role, as its sign-in page would. */
export async function signInBrowser(context: BrowserContext, url: string, role: Role): Promise<void> {
  const response = await context.request.post(`${url}/api/v1/session`, {
    data: { username: role, password: PASSWORDS[role] },
  });
  expect(response.status()).toBe(200);
}

export function nodeUrl(url: string, endpoint: NodeEndpoint): string {
  return `${url}/nodes/${encodeURIComponent(endpoint.id)}`;
}

/** `cmd_flush` as the node reports it over a bare socket. */
export async function flushesOf(endpoint: NodeEndpoint): Promise<number> {
  return Number(statLines(await rawText(endpoint, "stats\r\n")).get("cmd_flush"));
}

/** Opens a page with navigation and waits until it answers to hands. */
export async function visit(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await follows(page);
}
