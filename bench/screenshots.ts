/**
 * Pictures of every page, tab, dialog and state, in light and dark, at 1440 and 390 pixels, in English and Japanese: for
 * looking at, and a list of texts that are cut or wider than the window. The demo's nodes, larger fleets on loopback, and
 * an installation without nodes; Debian's Chromium.
 *
 *   npm run screenshots -- --out shots
 *   npm run screenshots -- --fleets demo --only fleet,node --themes light --widths 1440 --languages en
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Browser, type BrowserContext, chromium, type Page } from "@playwright/test";
import type { Fleet } from "@/lib/model/fleet.schema";
import { startAddresses } from "./memcached-addresses";
import { startTraffic } from "./pages/address-traffic";
import { type Picture, picturesOf } from "./screenshots/pictures";

const { values: options } = parseArgs({
  options: {
    out: { type: "string", default: "screenshots" },
    /** `empty`, `demo`, or a number of nodes. */
    fleets: { type: "string", default: "empty,demo,1000" },
    only: { type: "string" },
    themes: { type: "string", default: "light,dark" },
    widths: { type: "string", default: "1440,390" },
    languages: { type: "string", default: "en,ja" },
    /** How long the fleet runs before the pictures are taken, so that charts have something to show. */
    seconds: { type: "string", default: "60" },
    port: { type: "string", default: "3196" },
  },
});
const URL_BASE = `http://127.0.0.1:${options.port}`;
const LAUNCHER = join(import.meta.dirname, "..", "bin", "memfleet.mjs");
const HEIGHTS: Readonly<Record<string, number>> = { 1440: 900, 390: 844 };
const LOCALES: Readonly<Record<string, string>> = { en: "en-GB", ja: "ja-JP" };

interface RunningFleet {
  readonly fleet: Fleet;
  stop(): Promise<void>;
}

async function launch(command: string, env: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const child = spawn(process.execPath, [LAUNCHER, command], {
    env: { ...process.env, MEMFLEET_LISTEN: `127.0.0.1:${options.port}`, ...env },
    stdio: ["ignore", "ignore", "inherit"],
  });
  for (;;) {
    if (child.exitCode !== null) throw new Error("Memfleet did not start");
    if ((await fetch(`${URL_BASE}/-/ready`).catch(() => null))?.ok) return child;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}

async function startFleet(kind: string): Promise<RunningFleet> {
  const directory = await mkdtemp(join(tmpdir(), "memfleet-shots-"));
  const endings: (() => Promise<unknown> | unknown)[] = [
    () => rm(directory, { recursive: true, force: true }),
  ];
  const stop = async () => {
    for (const ending of endings.reverse()) await ending();
  };
  try {
    const env = {
      MEMFLEET_DATA_DIR: join(directory, "data"),
      MEMFLEET_CONFIG: join(directory, "memfleet.yaml"),
    };
    const pools = kind === "empty" || kind === "demo" ? [] : await largePools(Number(kind), endings);
    await writeFile(env.MEMFLEET_CONFIG, JSON.stringify({ pools }));
    const child = await launch(kind === "demo" ? "demo" : "start", kind === "demo" ? {} : env);
    endings.push(() => end(child));
    const seconds = kind === "empty" ? 0 : Number(options.seconds);
    await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
    return { fleet: (await (await fetch(`${URL_BASE}/api/v1/fleet`)).json()) as Fleet, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function largePools(count: number, endings: (() => Promise<unknown> | unknown)[]) {
  const addresses = await startAddresses(count);
  endings.push(() => addresses.stop());
  endings.push(startTraffic(addresses));
  const pools = Math.min(8, count);
  return Array.from({ length: pools }, (_, pool) => ({
    name: `pool-${pool + 1}`,
    servers: addresses.hosts.filter((_, n) => n % pools === pool).map((host) => `${host}:${addresses.port}`),
  }));
}

/** What a person cannot read: a page wider than its window, and labels that are cut. */
async function cutTexts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const root = document.documentElement;
    const wide =
      root.scrollWidth > root.clientWidth
        ? [`wider than the window by ${root.scrollWidth - root.clientWidth}`]
        : [];
    const labels = [...document.querySelectorAll("button, th, a, h1, h2, h3, label, [role=tab], dt")];
    // A pixel wide: for screen readers only.
    const cut = labels.filter(
      (element) =>
        element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).overflow !== "visible",
    );
    return [...wide, ...cut.map((element) => `cut: ${(element.textContent ?? "").trim().slice(0, 40)}`)];
  });
}

async function take(context: BrowserContext, picture: Picture, path: string): Promise<string[]> {
  const page = await context.newPage();
  try {
    await picture.before?.(page);
    await page.goto(`${URL_BASE}${picture.path}`, { waitUntil: "load" });
    await page.waitForLoadState("networkidle", { timeout: 4_000 }).catch(() => undefined);
    await page.waitForTimeout(700);
    await picture.after?.(page);
    await page.screenshot({ path, fullPage: picture.whole === true });
    return await cutTexts(page);
  } finally {
    await page.close();
  }
}

async function takeAll(browser: Browser, kind: string): Promise<void> {
  const { fleet, stop } = await startFleet(kind);
  const wanted = options.only?.split(",");
  try {
    const pictures = (await picturesOf(kind, fleet, URL_BASE)).filter(
      ({ name }) => wanted === undefined || wanted.some((part) => name.startsWith(part)),
    );
    for (const language of options.languages.split(",")) {
      for (const width of options.widths.split(",")) {
        for (const theme of options.themes.split(",") as ("light" | "dark")[]) {
          const context = await browser.newContext({
            viewport: { width: Number(width), height: HEIGHTS[width] ?? 900 },
            locale: LOCALES[language] ?? language,
            colorScheme: theme,
            reducedMotion: "reduce",
            hasTouch: Number(width) < 600,
          });
          for (const picture of pictures) {
            const name = `${kind}-${picture.name}-${language}-${width}-${theme}`;
            const cut = await take(context, picture, join(options.out, `${name}.png`)).catch((error) => [
              `not taken: ${String(error).split("\n")[0]}`,
            ]);
            for (const text of cut) console.log(`${name}: ${text}`);
          }
          await context.close();
        }
      }
    }
    console.log(`${kind}: ${pictures.length} pictures in each combination`);
  } finally {
    await stop();
  }
}

await mkdir(options.out, { recursive: true });
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
});
try {
  for (const kind of options.fleets.split(",")) await takeAll(browser, kind);
} finally {
  await browser.close();
}
