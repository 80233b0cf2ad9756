/** Two hundred nodes polled every second, with a page's event stream open: memory, files and sockets stay level. */
import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Addresses, startAddresses } from "@/bench/memcached-addresses";
import { type Dashboard, startDashboard } from "../e2e/dashboard";
import { at, SOAK_MINUTES, SOAK_MS } from "./duration";

const NODES = 200;
const READ_EVERY_MS = 10_000;
/** Part of the run at its beginning that fills caches and compiles. */
const WARM_UP = 0.3;

let addresses: Addresses;
let dashboard: Dashboard;
const streams = new AbortController();

beforeAll(async () => {
  addresses = await startAddresses(NODES);
  dashboard = await startDashboard([
    { name: "main", servers: addresses.hosts.map((host) => `${host}:${addresses.port}`) },
  ]);
  const stream = await fetch(`${dashboard.url}/api/v1/events`, { signal: streams.signal });
  stream.body?.pipeTo(new WritableStream()).catch(() => undefined);
}, 400_000);

afterAll(async () => {
  streams.abort();
  await dashboard?.stop();
  await addresses?.stop();
});

interface Usage {
  readonly minute: number;
  readonly heap: number;
  readonly resident: number;
  readonly files: number;
}

const MB = 1_048_576;

async function usage(fromMs: number): Promise<Usage> {
  const text = await (await fetch(`${dashboard.url}/metrics`)).text();
  const value = (name: string) => Number(new RegExp(`^\\w*${name} (\\S+)$`, "m").exec(text)?.[1]);
  return {
    minute: (Date.now() - fromMs) / 60_000,
    heap: value("process_heap_used_bytes") / MB,
    resident: value("process_resident_memory_bytes") / MB,
    files: openFiles(dashboard.serverPid()),
  };
}

function openFiles(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** Lowest value of each of `parts` equal parts: what stays after garbage was collected. */
function floors(values: readonly number[], parts: number): number[] {
  const size = Math.ceil(values.length / parts);
  return Array.from({ length: parts }, (_, n) => Math.min(...values.slice(n * size, (n + 1) * size)));
}

it(
  "memory, open files and sockets of the server do not grow over the run",
  async () => {
    const fromMs = Date.now();
    const readings: Usage[] = [];
    while (Date.now() < fromMs + SOAK_MS) {
      const next = Date.now() + READ_EVERY_MS;
      readings.push(await usage(fromMs));
      await at(next);
    }
    const steady = readings.slice(Math.floor(readings.length * WARM_UP));
    const [heap, resident, files] = (["heap", "resident", "files"] as const).map((name) =>
      floors(
        steady.map((reading) => reading[name]),
        3,
      ),
    ) as [number[], number[], number[]];
    console.log(
      `${SOAK_MINUTES} minutes, ${NODES} nodes, ${readFileSync("/proc/loadavg", "utf8").trim()}: lowest of each third after warm-up: heap ${heap.map((value) => value.toFixed(1))} MB, resident ${resident.map((value) => value.toFixed(0))} MB, files ${files}`,
    );
    const growth = (values: readonly number[]) => (values.at(-1) as number) - (values[0] as number);
    expect(growth(heap)).toBeLessThan(5);
    expect(growth(resident)).toBeLessThan(25);
    expect(growth(files)).toBeLessThan(10);
  },
  SOAK_MS + 300_000,
);
