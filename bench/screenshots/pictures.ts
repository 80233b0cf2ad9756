/** The pages, tabs, dialogs and states of which pictures are taken. */
import type { Page } from "@playwright/test";
import { NODE_TABS } from "@/components/node/tab-bar";
import type { Fleet } from "@/lib/model/fleet.schema";

export interface Picture {
  readonly name: string;
  readonly path: string;
  /** The whole page instead of the first screen. */
  readonly whole?: boolean;
  /** Before the page is opened: makes requests wait or fail. */
  before?(page: Page): Promise<unknown>;
  /** Once the page is complete: opens a dialog. */
  after?(page: Page): Promise<unknown>;
}

const API = "**/api/v1/**";

/** Presses a button by its name in either language. */
function press(name: RegExp) {
  return async (page: Page) => {
    await page.getByRole("button", { name }).first().click({ timeout: 5_000 });
    await page.waitForTimeout(800);
  };
}

const palette = async (page: Page) => {
  await page.keyboard.press("Control+k");
  await page.waitForTimeout(800);
};

/** Every picture of a fleet of this kind (`empty`, `demo`, or a number of nodes). */
export async function picturesOf(kind: string, fleet: Fleet, url: string): Promise<readonly Picture[]> {
  const pages: Picture[] = [
    { name: "fleet", path: "/" },
    { name: "fleet-whole", path: "/", whole: true },
    { name: "diagnostics", path: "/diagnostics", whole: true },
    { name: "actions", path: "/actions" },
    { name: "shares", path: "/shares" },
    { name: "compare", path: "/compare" },
    { name: "tools", path: "/tools" },
    { name: "palette", path: "/", after: palette },
    { name: "missing", path: "/no-such-page" },
  ];
  if (kind === "empty") return pages;
  return [...pages, ...(await nodePictures(fleet, url)), ...states(fleet)];
}

async function nodePictures(fleet: Fleet, url: string): Promise<Picture[]> {
  const up = fleet.nodes.filter(({ status }) => status === "up");
  const busiest = [...up].sort((a, b) => (b.getsPerSecond ?? 0) - (a.getsPerSecond ?? 0))[0];
  const down = fleet.nodes.find(({ status }) => status === "down");
  if (busiest === undefined) return [];
  const of = (id: string) => `/nodes/${encodeURIComponent(id)}`;
  const pair = up.slice(0, 2).map(({ id }) => `node=${encodeURIComponent(id)}`);
  return [
    { name: "pool", path: `/pools/${encodeURIComponent(busiest.pool)}`, whole: true },
    ...NODE_TABS.map((tab) => ({ name: `node-${tab}`, path: `${of(busiest.id)}?tab=${tab}`, whole: true })),
    ...(down ? [{ name: "node-down", path: of(down.id), whole: true }] : []),
    { name: "node-missing", path: of("192.0.2.9:11211") },
    { name: "node-range", path: `${of(busiest.id)}?range=15m`, whole: true },
    { name: "compare-two", path: `/compare?${pair.join("&")}`, whole: true },
    { name: "dialog-flush", path: of(busiest.id), after: press(/^(Flush|フラッシュ)/) },
    { name: "dialog-share", path: of(busiest.id), after: press(/^(Share|共有)/) },
    ...(await sharedPicture(busiest.id, url)),
  ];
}

/** A page as somebody with a link sees it. */
async function sharedPicture(node: string, url: string): Promise<Picture[]> {
  const answer = await fetch(`${url}/api/v1/shares`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ nodes: [node] }),
  });
  if (!answer.ok) throw new Error(`shares answered ${answer.status}: ${await answer.text()}`);
  const { url: link } = (await answer.json()) as { url: string };
  return [{ name: "shared", path: new URL(link).pathname, whole: true }];
}

function states(fleet: Fleet): Picture[] {
  const node = `/nodes/${encodeURIComponent(fleet.nodes[0]?.id ?? "")}`;
  const hold = (page: Page) => page.route(API, () => undefined);
  const fail = (page: Page) =>
    page.route(API, (route) =>
      route.fulfill({
        status: 500,
        contentType: "application/problem+json",
        body: JSON.stringify({ type: "about:blank", title: "Internal error", status: 500 }),
      }),
    );
  const loseServer = async (page: Page) => {
    await page.context().setOffline(true);
    await page.waitForTimeout(6_000);
    await page.context().setOffline(false);
  };
  return [
    { name: "fleet-loading", path: "/", before: hold },
    { name: "node-loading", path: node, before: hold },
    { name: "fleet-error", path: "/", before: fail },
    { name: "node-error", path: node, before: fail },
    { name: "diagnostics-error", path: "/diagnostics", before: fail },
    { name: "fleet-offline", path: "/", after: loseServer },
  ];
}
