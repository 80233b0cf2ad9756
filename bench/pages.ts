/**
 * The pages as a browser meets them: first-load JavaScript, transfer, the time until the overview can be used
 * with a cold cache, frames while its table scrolls, and how busy live updates keep the page. Real node addresses
 * with traffic, the built server, Chromium; one size of fleet after another in one run.
 *
 *   npm run bench:pages -- --nodes 1000,5000 --runs 5
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { type Browser, chromium } from "@playwright/test";
import { encodeFleet } from "@/lib/fleet-sync/fleet-columns";
import { startAddresses } from "./memcached-addresses";
import { startTraffic } from "./pages/address-traffic";
import { coldLoad, liveBusyness, type Page, scrollFrames } from "./pages/browser";
import { madeUpFleet } from "./pages/made-up-fleet";

const { values: options } = parseArgs({
  options: {
    nodes: { type: "string", default: "1000,5000" },
    runs: { type: "string", default: "5" },
    port: { type: "string", default: "3197" },
  },
});
const SIZES = options.nodes.split(",").map(Number);
const RUNS = Number(options.runs);
const PORT = Number(options.port);
const URL_BASE = `http://127.0.0.1:${PORT}`;
const LAUNCHER = join(import.meta.dirname, "..", "bin", "memfleet.mjs");
/** A stream's first minute sends every node once; after one poll interval it sends only changes. */
const SETTLED_MS = 15_000;
const WATCHED_MS = 10_000;

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
async function firstLoadScripts(html: string): Promise<number> {
  const tags = [...html.matchAll(/<script[^>]+src="([^"]+)"[^>]*>/g)].filter(
    ([tag]) => !/nomodule/i.test(tag),
  );
  const names = new Set(tags.map(([, src]) => src as string));
  let bytes = 0;
  for (const name of names) {
    const script = Buffer.from(await (await fetch(`${URL_BASE}${name}`)).arrayBuffer());
    bytes += gzipSync(script, { level: 6 }).length;
  }
  return bytes;
}

async function pageText(path: string): Promise<string> {
  return (await fetch(`${URL_BASE}${path}`)).text();
}

/** Bytes a second of the event stream once it is settled. */
async function streamRate(form: string): Promise<number> {
  const stop = new AbortController();
  const reply = await fetch(`${URL_BASE}/api/v1/events?form=${form}`, { signal: stop.signal });
  const reader = reply.body?.getReader();
  const started = performance.now();
  let bytes = 0;
  while (reader !== undefined) {
    const { value } = await reader.read();
    const elapsed = performance.now() - started;
    if (elapsed > SETTLED_MS) bytes += value?.length ?? 0;
    if (elapsed > SETTLED_MS + WATCHED_MS) break;
  }
  stop.abort();
  return bytes / (WATCHED_MS / 1000);
}

const kB = (bytes: number, digits = 0) => `${(bytes / 1000).toFixed(digits)} kB`;
const sizeOf = (text: string) => `${kB(text.length)}, gzip ${kB(gzipSync(text).length, 1)}`;
const say = (what: string, result: string, target = "") => console.log(`| ${what} | ${result} | ${target} |`);
const at = (sorted: readonly number[], share: number) =>
  sorted[Math.floor((sorted.length - 1) * share)] as number;

/** CPU milliseconds of one call: the least of several, because everything else on the machine only adds. */
function cpuMs(call: () => unknown): number {
  const once = () => {
    const before = process.cpuUsage();
    call();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
  return Math.min(...Array.from({ length: 8 }, once));
}

/** The reply with different values for every node: the compressed size of a real fleet. */
function sayMadeUp(count: number, targetKb: number): void {
  const fleet = madeUpFleet(count);
  for (const [form, write] of [
    ["", () => JSON.stringify(fleet)],
    ["?form=columns", () => JSON.stringify(encodeFleet(fleet))],
  ] as const) {
    const text = write();
    say(`/api/v1/fleet${form}, every value different`, sizeOf(text), `≤ ${targetKb} kB compressed`);
    say(
      "CPU to write and to compress it",
      `${cpuMs(write).toFixed(1)} + ${cpuMs(() => gzipSync(text)).toFixed(1)} ms`,
    );
  }
}

async function sayLoads(browser: Browser, target: string): Promise<void> {
  const loads: Page[] = [];
  for (let run = 0; run < RUNS; run++) loads.push(await coldLoad(browser, URL_BASE));
  const usable = loads.map((load) => load.usableMs).sort((a, b) => a - b);
  const bytes = loads.map((load) => load.transferred).sort((a, b) => a - b);
  say(
    "overview usable after a cold load, median (min, max)",
    `${at(usable, 0.5).toFixed(0)} ms (${at(usable, 0).toFixed(0)}, ${at(usable, 1).toFixed(0)})`,
    target,
  );
  say("transferred with charts, median", kB(at(bytes, 0.5)));
}

async function measure(browser: Browser, count: number): Promise<void> {
  const large = count > 1_000;
  const directory = await mkdtemp(join(tmpdir(), "memfleet-bench-"));
  const addresses = await startAddresses(count);
  const stopTraffic = startTraffic(addresses);
  const server = await startServer(addresses.hosts, addresses.port, directory);
  try {
    const node = encodeURIComponent(`${addresses.hosts[0]}:${addresses.port}`);
    console.log(`\n## ${count} nodes, ${RUNS} cold loads\n\n| what | result | target |\n|---|---|---|`);
    for (const path of ["/", "/pools/bench", `/nodes/${node}`]) {
      const scripts = await firstLoadScripts(await pageText(path));
      say(`first-load JavaScript of ${decodeURIComponent(path)}, gzip`, kB(scripts, 1), "≤ 180 kB");
    }
    say("document of /", sizeOf(await pageText("/")));
    say("/api/v1/fleet", sizeOf(await pageText("/api/v1/fleet")));
    say("/api/v1/fleet?form=columns", sizeOf(await pageText("/api/v1/fleet?form=columns")));
    sayMadeUp(count, large ? 300 : 60);
    await sayLoads(browser, large ? "≤ 2,500 ms" : "≤ 1,500 ms");
    const frames = await scrollFrames(browser, URL_BASE);
    say(
      "frame while scrolling, median (90 %, max)",
      `${at(frames, 0.5).toFixed(1)} ms (${at(frames, 0.9).toFixed(1)}, ${at(frames, 1).toFixed(1)})`,
      "16.7 ms",
    );
    const [compact, usual] = await Promise.all([streamRate("columns"), streamRate("nodes")]);
    say("event stream of the page, each second", kB(compact, 1));
    say("event stream of scripts, each second", kB(usual, 1));
    for (const [what, path] of [
      ["", "/"],
      [", map over time", "/?map=time"],
    ] as const) {
      const { busy, script, longestMs } = await liveBusyness(
        browser,
        `${URL_BASE}${path}`,
        SETTLED_MS,
        WATCHED_MS,
      );
      say(
        `main thread busy with live updates${what}`,
        `${(busy * 100).toFixed(1)} % (scripts ${(script * 100).toFixed(1)} %), longest task ${longestMs.toFixed(0)} ms`,
      );
    }
  } finally {
    const exited = once(server, "exit");
    server.kill("SIGTERM");
    await exited;
    stopTraffic();
    await addresses.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

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
  console.log(`Chromium ${browser.version()}, Node ${process.version}`);
  for (const count of SIZES) await measure(browser, count);
} finally {
  await browser.close();
}
process.exit(0);
