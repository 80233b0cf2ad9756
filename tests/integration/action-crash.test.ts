import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { NodeEndpoint } from "@/lib/memcached/contract";
import { ActionRecords } from "@/lib/records/actions";
import { AuditRecords } from "@/lib/records/audit";
import { openRecords } from "@/lib/records/open";
import { independentStats } from "../servers/independent-stats";
import { type MemcachedServer, startMemcached } from "../servers/memcached";

const PRELOAD = new URL("../typescript.mjs", import.meta.url).href;
const SERVER = fileURLToPath(new URL("./action-server.ts", import.meta.url));
const FLUSHER = fileURLToPath(new URL("./action-flusher.ts", import.meta.url));

let directory: string;
const servers: MemcachedServer[] = [];
let child: ChildProcess | null = null;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "memfleet-crash-"));
  for (let n = 0; n < 4; n++) servers.push(await startMemcached({ mode: "plain" }));
});
afterEach(async () => {
  child?.kill("SIGKILL");
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  rmSync(directory, { recursive: true, force: true });
});

/** Begins a flush of these nodes in a process of its own. */
/** A process that compiles the whole product before it says anything takes its time on a busy machine. */
const STARTED_MS = 60_000;
vi.setConfig({ testTimeout: 2 * STARTED_MS });

function begin(staggerSeconds: number, nodes = servers.map(({ endpoint }) => endpoint.id)) {
  const args = ["--import", PRELOAD, FLUSHER, directory, String(staggerSeconds), ...nodes];
  const flusher = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  child = flusher;
  let said = "";
  flusher.stdout.on("data", (chunk) => {
    said += chunk;
  });
  const until = async (pattern: RegExp) => {
    await vi.waitFor(
      () => {
        if (flusher.exitCode !== null) throw new Error(`it ended with ${flusher.exitCode}: ${said}`);
        expect(said).toMatch(pattern);
      },
      { timeout: STARTED_MS, interval: 20 },
    );
    return said.split("\n")[0] ?? "";
  };
  const kill = async () => {
    const gone = once(flusher, "exit");
    flusher.kill("SIGKILL");
    await gone;
    expect(flusher.signalCode).toBe("SIGKILL");
  };
  return { until, kill };
}

async function afterwards(id: string) {
  const store = await openRecords(directory);
  expect(store.state()).toEqual({ problem: null, quarantined: null });
  const audit = new AuditRecords(store, Date.now);
  const action = await new ActionRecords(store, audit, Date.now).get(Number(id));
  const { entries } = await audit.find({ limit: 5 });
  await store.close();
  return { action, entries };
}

const flushes = () =>
  Promise.all(
    servers.map(async ({ endpoint }: { endpoint: NodeEndpoint }) =>
      Number((await independentStats(endpoint, "text")).get("cmd_flush")),
    ),
  );

test("kill -9 between two nodes: what was sent is known, what was not is cancelled, and nothing more is sent", async () => {
  const { until, kill } = begin(4);
  const id = await until(/^verified verified pending pending$/m);
  // What is known in the process is on disk a moment later; the third is not due yet.
  await sleep(1_000);
  await kill();
  const { action, entries } = await afterwards(id);
  expect(action).toMatchObject({ state: "cancelled", detail: "Memfleet stopped before sending" });
  expect(action?.targets).toMatchObject([
    { state: "verified", before: { cmdFlush: 0 }, after: { cmdFlush: 1 } },
    { state: "verified" },
    { state: "cancelled", detail: "Memfleet stopped before sending", sentMs: null, dueMs: null },
    { state: "cancelled" },
  ]);
  expect(entries).toMatchObject([
    { kind: "flush_all", actor: "flusher", target: "main", outcome: "cancelled" },
  ]);
  await sleep(5_000);
  expect(await flushes()).toEqual([1, 1, 0, 0]);
  expect((await afterwards(id)).action).toEqual(action);
});

test("kill -9 while a node keeps its answer back: that one is in doubt, and so is the audit", async () => {
  const silent = await muteAfterFlush((servers[1] as MemcachedServer).endpoint);
  const nodes = servers.map(({ endpoint }, index) => (index === 1 ? silent.id : endpoint.id));
  const { until, kill } = begin(1, nodes);
  const id = await until(/^verified sent verified pending$/m);
  expect(await flushes()).toEqual([1, 1, 1, 0]);
  await kill();
  silent.close();
  const { action, entries } = await afterwards(id);
  expect(action).toMatchObject({
    detail: "Memfleet stopped before recording the result; the action may or may not have run",
  });
  expect(action?.targets).toMatchObject([
    { state: "verified" },
    {
      state: "failed",
      detail: "Memfleet stopped before recording the result; the action may or may not have run",
      sentMs: expect.any(Number),
    },
    { state: "verified" },
    { state: "cancelled" },
  ]);
  expect(entries).toMatchObject([{ kind: "flush_all", actor: "flusher", outcome: "unknown" }]);
  await sleep(1_500);
  expect(await flushes()).toEqual([1, 1, 1, 0]);
});

test("SIGTERM in the middle: it exits in order, and what was not sent is kept as cancelled", async () => {
  const file = join(directory, "memfleet.yaml");
  const pool = { name: "main", servers: servers.map(({ endpoint }) => endpoint.id) };
  const poll = { interval: "1s", timeout: "500ms" };
  const listen = "127.0.0.1:34997";
  writeFileSync(file, JSON.stringify({ listen, dataDir: directory, poll, pools: [pool] }));
  const args = ["--import", PRELOAD, "--conditions", "react-server", SERVER];
  const env = { ...process.env, MEMFLEET_CONFIG: file };
  const server = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "inherit"] });
  child = server;
  let said = "";
  server.stdout.on("data", (chunk) => {
    said += chunk;
  });
  await vi.waitFor(() => expect(said).toMatch(/^flushing \d+$/m), STARTED_MS);
  const gone = once(server, "exit");
  server.kill("SIGTERM");
  expect(await gone).toEqual([0, null]);
  const { action, entries } = await afterwards(/\d+/.exec(said)?.[0] ?? "");
  expect(action?.state).toBe("cancelled");
  expect(action?.targets.map(({ state }) => state)).toEqual(["verified", ...Array(3).fill("cancelled")]);
  expect(action?.targets[1]?.detail).toBe("Memfleet stopped before sending");
  expect(entries).toMatchObject([{ kind: "flush_all", actor: "somebody", outcome: "cancelled" }]);
  expect(await flushes()).toEqual([1, 0, 0, 0]);
});

/** A way to a node that lets nothing back once a flush has gone through. */
async function muteAfterFlush({ address }: NodeEndpoint): Promise<{ id: string; close: () => void }> {
  if (address.kind !== "tcp") throw new Error("this way leads to TCP only");
  const open = new Set<Socket>();
  const way = createServer((near) => {
    const far = connect(address.port, address.host);
    let mute = false;
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        near.destroy();
        far.destroy();
      });
    }
    near.on("data", (chunk) => {
      mute ||= chunk.toString("latin1").includes("flush_all");
      far.write(chunk);
    });
    far.on("data", (chunk) => {
      if (!mute) near.write(chunk);
    });
  });
  way.listen(0, "127.0.0.1");
  await once(way, "listening");
  const close = () => {
    way.close();
    for (const socket of open) socket.destroy();
  };
  return { id: `127.0.0.1:${(way.address() as AddressInfo).port}`, close };
}
