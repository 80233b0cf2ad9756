/**
 * The pages as a browser meets them: first-load JavaScript, transfer, the time until the overview can be used
 * with a cold cache, and frames while its table scrolls. Real node addresses, the built server, Chromium.
 *
 *   npm run bench:pages -- --nodes 1000 --runs 5
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { type Browser, chromium } from "@playwright/test";
import { startAddresses } from "./memcached-addresses";

const { values: options } = parseArgs({
  options: { nodes: { type: "string", default: "1000" }, runs: { type: "string", default: "5" } },
});
const NODES = Number(options.nodes);
const RUNS = Number(options.runs);
const PORT = 3197;
const URL_BASE = `http://127.0.0.1:${PORT}`;
const LAUNCHER = join(import.meta.dirname, "..", "bin", "memfleet.mjs");

async function startServer(hosts: readonly string[], port: number, directory: string) {
  const servers = hosts.map((host) => `${host}:${port}`);
  const configuration = { listen: `127.0.0.1:${PORT}`, pools: [{ name: "bench", servers }] };
  await writeFile(join(directory, "memfleet.yaml"), JSON.stringify(configuration));
  const child = spawn(process.execPath, [LAUNCHER, "start"], {
    cwd: directory,
    stdio: ["ignore", "ignore", "inherit"],
  });
  for (;;) {
    if (child.exitCode !== null) throw new Error("Memfleet did not start");
    const reply = await fetch(`${URL_BASE}/api/v1/fleet?limit=1`).catch(() => null);
    const fleet = reply?.ok ? ((await reply.json()) as { totals: { up: number } }) : null;
    if (fleet?.totals.up === hosts.length) return child;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Bytes of the scripts that the document itself names, gzip level 6; browsers of today skip `nomodule`. */
async function firstLoadScripts(path: string): Promise<number> {
  const html = await (await fetch(`${URL_BASE}${path}`)).text();
  const tags = [...html.matchAll(/<script[^>]+src="([^"]+)"[^>]*>/g)].filter(
    ([tag]) => !/nomodule/i.test(tag),
  );
  const names = new Set(tags.map(([, src]) => src as string));
  let bytes = 0;
  for (const name of names) {
    bytes += gzipSync(Buffer.from(await (await fetch(`${URL_BASE}${name}`)).arrayBuffer()), {
      level: 6,
    }).length;
  }
  return bytes;
}

interface Load {
  readonly usableMs: number;
  readonly transferred: number;
}

/** Usable: the first row is there, and the page answers a key (`/` puts the cursor into the search). */
async function coldLoad(browser: Browser): Promise<Load> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  let transferred = 0;
  await session.send("Network.enable");
  session.on("Network.loadingFinished", (event) => {
    transferred += event.encodedDataLength;
  });
  const startedMs = performance.now();
  await page.goto(URL_BASE, { waitUntil: "commit" });
  await page.getByRole("row").nth(1).waitFor();
  const search = page.getByRole("searchbox").first();
  for (;;) {
    await page.keyboard.press("/");
    if (await search.evaluate((element) => element === document.activeElement)) break;
    await page.waitForTimeout(10);
  }
  const usableMs = performance.now() - startedMs;
  await page.waitForTimeout(3_000);
  await context.close();
  return { usableMs, transferred };
}

/** Milliseconds between frames while the page scrolls through its table; medians and the worst tenth. */
async function scrollFrames(browser: Browser): Promise<number[]> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(URL_BASE);
  await page.getByRole("row").nth(1).waitFor();
  await page.waitForTimeout(4_000);
  const frames = await page.evaluate<number[]>(MEASURE_FRAMES);
  await page.close();
  return frames.sort((a, b) => a - b);
}

/** As text: what the loader adds to functions does not exist in the page. */
const MEASURE_FRAMES = `new Promise((resolve) => {
  const gaps = [];
  let last = performance.now();
  requestAnimationFrame(function step(now) {
    gaps.push(now - last);
    last = now;
    scrollBy(0, 60);
    if (gaps.length < 240) requestAnimationFrame(step);
    else resolve(gaps.slice(1));
  });
})`;

const at = (sorted: readonly number[], share: number) =>
  sorted[Math.floor((sorted.length - 1) * share)] as number;

const directory = await mkdtemp(join(tmpdir(), "memfleet-bench-"));
const addresses = await startAddresses(NODES);
const server = await startServer(addresses.hosts, addresses.port, directory);
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-sync",
  ],
});
try {
  const node = encodeURIComponent(`${addresses.hosts[0]}:${addresses.port}`);
  console.log(`${NODES} nodes, ${RUNS} cold loads, Chromium ${browser.version()}, Node ${process.version}`);
  console.log("| what | figure |\n|---|---|");
  for (const path of ["/", "/pools/bench", `/nodes/${node}`]) {
    const kB = (await firstLoadScripts(path)) / 1000;
    console.log(`| first-load JavaScript of ${decodeURIComponent(path)}, gzip | ${kB.toFixed(1)} kB |`);
  }
  const fleet = await fetch(`${URL_BASE}/api/v1/fleet`);
  const body = Buffer.from(await fleet.arrayBuffer());
  console.log(
    `| GET /api/v1/fleet | ${(body.length / 1000).toFixed(0)} kB, gzip ${(gzipSync(body).length / 1000).toFixed(1)} kB |`,
  );
  const loads: Load[] = [];
  for (let run = 0; run < RUNS; run++) loads.push(await coldLoad(browser));
  const usable = loads.map((load) => load.usableMs).sort((a, b) => a - b);
  const bytes = loads.map((load) => load.transferred).sort((a, b) => a - b);
  console.log(
    `| overview usable after a cold load, median (min, max) | ${at(usable, 0.5).toFixed(0)} ms (${at(usable, 0).toFixed(0)}, ${at(usable, 1).toFixed(0)}) |`,
  );
  console.log(`| transferred with charts, median | ${(at(bytes, 0.5) / 1000).toFixed(0)} kB |`);
  const frames = await scrollFrames(browser);
  console.log(
    `| frame while scrolling, median (90 %, max) | ${at(frames, 0.5).toFixed(1)} ms (${at(frames, 0.9).toFixed(1)}, ${at(frames, 1).toFixed(1)}) |`,
  );
} finally {
  await browser.close();
  const gone = once(server, "exit");
  server.kill("SIGTERM");
  await gone;
  await addresses.stop();
  await rm(directory, { recursive: true, force: true });
}
process.exit(0);
