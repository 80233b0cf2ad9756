import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { NodeEndpoint } from "@/lib/memcached/contract";
import { independentStats } from "../../servers/independent-stats";
import { type MemcachedServer, startMemcached } from "../../servers/memcached";
import { openActions } from "./open-actions";

const PRELOAD = new URL("../../typescript.mjs", import.meta.url).href;
const SERVER = fileURLToPath(new URL("./server-process.ts", import.meta.url));
const FLUSHER = fileURLToPath(new URL("./flusher-process.ts", import.meta.url));

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

/** A process that first compiles the product can be slow on a busy machine. */
const STARTED_MS = 60_000;
vi.setConfig({ testTimeout: 2 * STARTED_MS });

/** Begins a flush of these nodes in a process of its own. */
function begin(staggerSeconds: number, nodes: readonly string[]) {
  const args = ["--import", PRELOAD, FLUSHER, directory, String(staggerSeconds), ...nodes];
  const flusher = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  child = flusher;
  let output = "";
  flusher.stdout.on("data", (chunk) => {
    output += chunk;
  });
  /** Waits until this is on disk; the action's id. */
  const until = async (pattern: RegExp) => {
    await vi.waitFor(
      () => {
        if (flusher.exitCode !== null) throw new Error(`it ended with ${flusher.exitCode}: ${output}`);
        expect(output).toMatch(pattern);
      },
      { timeout: STARTED_MS, interval: 20 },
    );
    return output.split("\n")[0] ?? "";
  };
  const kill = async () => {
    const exited = once(flusher, "exit");
    flusher.kill("SIGKILL");
    await exited;
    expect(flusher.signalCode).toBe("SIGKILL");
  };
  return { until, kill };
}

async function afterwards(id: string) {
  const harness = await openActions(directory, []);
  expect(harness.store.state()).toEqual({ problem: null, incidents: [] });
  const action = await harness.log.get(Number(id));
  const { entries } = await harness.audit.find({ limit: 5 });
  await harness.close();
  return { action, entries };
}

/** The next process over the same store flushes the first two of these nodes, the second one two seconds later. */
async function nextProcessFlushes(nodes: readonly string[]): Promise<void> {
  const harness = await openActions(directory, nodes);
  await harness.actions.recover();
  const { id } = await harness.actions.begin(
    { name: "next", role: "operator", via: "token" },
    { kind: "flush_all", nodes: nodes.slice(0, 2), input: { staggerSeconds: 2 }, confirm: "main" },
  );
  await vi.waitFor(
    async () => expect(await harness.actions.get(id)).toMatchObject({ state: "done" }),
    20_000,
  );
  await harness.close();
}

const flushes = () =>
  Promise.all(
    servers.map(async ({ endpoint }: { endpoint: NodeEndpoint }) =>
      Number((await independentStats(endpoint, "text")).get("cmd_flush")),
    ),
  );

test("kill -9 between two nodes: sent targets are known, unsent ones are cancelled, and nothing more is sent", async () => {
  // The last two never respond once they are due: then the process is killed.
  const ways = await Promise.all(servers.slice(2).map(({ endpoint }) => wayTo(endpoint, LOOK)));
  const nodes = [...servers.slice(0, 2).map(({ endpoint }) => endpoint.id), ...ways.map(({ id }) => id)];
  const { until, kill } = begin(1, nodes);
  const id = await until(/^verified verified pending pending$/m);
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
  expect(await flushes()).toEqual([1, 1, 0, 0]);
  // When the second node of a later action is due, every node of the first would be done.
  for (const way of ways) way.open();
  await nextProcessFlushes(nodes);
  expect(await flushes()).toEqual([2, 2, 0, 0]);
  expect((await afterwards(id)).action).toEqual(action);
  for (const way of ways) way.close();
});

test("kill -9 while a node withholds its reply: its outcome is unknown, also in the audit", async () => {
  const mute = await wayTo((servers[1] as MemcachedServer).endpoint, FLUSH);
  const silent = await wayTo((servers[3] as MemcachedServer).endpoint, LOOK);
  const [first, , third] = servers.map(({ endpoint }) => endpoint.id);
  const nodes = [first ?? "", mute.id, third ?? "", silent.id];
  const { until, kill } = begin(1, nodes);
  const id = await until(/^verified sent verified pending$/m);
  expect(await flushes()).toEqual([1, 1, 1, 0]);
  await kill();
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
  for (const way of [mute, silent]) way.open();
  await nextProcessFlushes(nodes);
  expect(await flushes()).toEqual([2, 2, 1, 0]);
  expect((await afterwards(id)).action).toEqual(action);
  for (const way of [mute, silent]) way.close();
});

test("SIGTERM during an action: it exits cleanly, and unsent targets are stored as cancelled", async () => {
  const file = join(directory, "memfleet.yaml");
  const pool = { name: "main", servers: servers.map(({ endpoint }) => endpoint.id) };
  const poll = { interval: "1s", timeout: "500ms" };
  const listen = "127.0.0.1:34997";
  writeFileSync(file, JSON.stringify({ listen, dataDir: directory, poll, pools: [pool] }));
  const args = ["--import", PRELOAD, "--conditions", "react-server", SERVER];
  const env = { ...process.env, MEMFLEET_CONFIG: file };
  const server = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "inherit"] });
  child = server;
  let output = "";
  server.stdout.on("data", (chunk) => {
    output += chunk;
  });
  await vi.waitFor(() => expect(output).toMatch(/^flushing \d+$/m), STARTED_MS);
  const exited = once(server, "exit");
  server.kill("SIGTERM");
  expect(await exited).toEqual([0, null]);
  const { action, entries } = await afterwards(/\d+/.exec(output)?.[0] ?? "");
  expect(action?.state).toBe("cancelled");
  expect(action?.targets.map(({ state }) => state)).toEqual(["verified", ...Array(3).fill("cancelled")]);
  expect(action?.targets[1]?.detail).toBe("Memfleet stopped before sending");
  expect(entries).toMatchObject([{ kind: "flush_all", actor: "somebody", outcome: "cancelled" }]);
  expect(await flushes()).toEqual([1, 0, 0, 0]);
});

interface Way {
  readonly id: string;
  /** Lets everything through from now on. */
  open(): void;
  close(): void;
}

/** The requests to a node that is due, before it is flushed. */
const LOOK = /^stats\r\n/m;
const FLUSH = /^flush_all/m;

/** A proxy to a node that drops all replies once a command has passed. */
async function wayTo({ address }: NodeEndpoint, last: RegExp): Promise<Way> {
  if (address.kind !== "tcp") throw new Error("this way leads to TCP only");
  const open = new Set<Socket>();
  let honest = false;
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
      mute ||= !honest && last.test(chunk.toString("latin1"));
      far.write(chunk);
    });
    far.on("data", (chunk) => {
      if (!mute) near.write(chunk);
    });
  });
  way.listen(0, "127.0.0.1");
  await once(way, "listening");
  return {
    id: `127.0.0.1:${(way.address() as AddressInfo).port}`,
    open: () => {
      honest = true;
    },
    close: () => {
      way.close();
      for (const socket of open) socket.destroy();
    },
  };
}
