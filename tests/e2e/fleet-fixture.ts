/** The fleet of most browser tests: one real server of each kind and one address without a server. */
import { test as base, expect } from "@playwright/test";
import type { Node } from "@/lib/model/node/node.schema";
import { freePort } from "../servers/free-port";
import {
  MEMCACHED_MODES,
  type MemcachedMode,
  type MemcachedServer,
  startMemcached,
} from "../servers/memcached";
import { type Dashboard, serverEntry, startDashboard } from "./dashboard";

export interface TestFleet {
  readonly dashboard: Dashboard;
  readonly servers: Readonly<Record<MemcachedMode, MemcachedServer>>;
  /** Nothing listens there. */
  readonly downId: string;
}

/** The browser logs every answer of 400 and above; that a dead node gives 502 or 504 is what is being tested. */
const NODE_FAILURE = /the server responded with a status of 50[24]/;

async function statuses(url: string, ids: readonly string[]): Promise<(string | undefined)[]> {
  const { nodes } = (await (await fetch(`${url}/api/v1/fleet`)).json()) as { nodes: Node[] };
  return ids.map((id) => nodes.find((node) => node.id === id)?.status);
}

export const test = base.extend<{ consoleErrors: string[] }, { fleet: TestFleet }>({
  fleet: [
    async ({ playwright: _ }, use) => {
      const started = await Promise.all(
        MEMCACHED_MODES.map(async (mode) => [mode, await startMemcached({ mode })] as const),
      );
      const servers = Object.fromEntries(started) as TestFleet["servers"];
      const downId = `127.0.0.1:${await freePort()}`;
      const entries = (modes: readonly MemcachedMode[]) =>
        modes.map((mode) => serverEntry(servers[mode].endpoint));
      const dashboard = await startDashboard([
        {
          name: "sessions",
          labels: { env: "production" },
          servers: [...entries(["plain", "sasl", "authfile"]), downId],
        },
        { name: "catalog", servers: entries(["tls", "unix", "ascii", "binary"]) },
      ]);
      const ids = Object.values(servers).map((server) => server.endpoint.id);
      await expect.poll(() => statuses(dashboard.url, ids)).toEqual(ids.map(() => "up"));
      await use({ dashboard, servers, downId });
      await dashboard.stop();
      await Promise.all(started.map(([, server]) => server.stop()));
    },
    { scope: "worker", timeout: 360_000 },
  ],
  /** Errors and policy violations that pages wrote to the console; every test ends by finding none. */
  consoleErrors: [
    async ({ page }, use) => {
      const errors: string[] = [];
      const keep = (text: string) => errors.push(`${page.url()}: ${text}`);
      page.on("console", (message) => {
        if (message.type() === "error" && !NODE_FAILURE.test(message.text())) keep(message.text());
      });
      page.on("pageerror", (error) => keep(String(error)));
      await use(errors);
      expect(errors).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };
