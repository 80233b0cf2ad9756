/**
 * `flush_all` on many connected nodes, side by side in one run: a bare sender that writes to all sockets at once and
 * waits for every OK, memcflush, and Memfleet's action service with the audit on disk and every node verified.
 *
 *   npm run bench:flush -- --nodes 1000 --rounds 7
 */
import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import type { Target } from "@/lib/actions/contract";
import { ActionService } from "@/lib/actions/service";
import { emptyValues } from "@/lib/catalogue/stats";
import type { NodeClient } from "@/lib/memcached/contract";
import { createNodeClient } from "@/lib/memcached/node-client";
import { ActionRecords } from "@/lib/records/actions";
import { AuditRecords } from "@/lib/records/audit";
import { openRecords } from "@/lib/records/open";
import { plainNode } from "@/tests/doubles/plain-node";
import { type Addresses, memcachedVersion, startAddresses } from "./memcached-addresses";

const { values: options } = parseArgs({
  options: { nodes: { type: "string", default: "1000" }, rounds: { type: "string", default: "7" } },
});
const NODES = Number(options.nodes);
const ROUNDS = Number(options.rounds);
const DEADLINES = { connectTimeoutMs: 5_000, timeoutMs: 10_000 };

/** Milliseconds by name. */
type Times = Readonly<Record<string, number>>;

interface Flusher {
  readonly name: string;
  flush(): Promise<Times>;
  close(): Promise<void>;
}

async function bareSender({ hosts, port }: Addresses): Promise<Flusher> {
  const sockets = await Promise.all(hosts.map((host) => opened(host, port)));
  const flush = (socket: Socket) =>
    new Promise<void>((resolve) => {
      socket.once("data", () => resolve());
      socket.write("flush_all\r\n");
    });
  return {
    name: "bare sender, connected",
    flush: async () => {
      const startedMs = performance.now();
      await Promise.all(sockets.map(flush));
      return { sending: performance.now() - startedMs };
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}

function opened(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host, () => resolve(socket));
    socket.setNoDelay();
    socket.on("error", reject);
  });
}

async function memcflush({ hosts, port }: Addresses): Promise<Flusher> {
  const servers = hosts.map((host) => `${host}:${port}`).join(",");
  return {
    name: "memcflush, with its start and connects",
    flush: async () => {
      const startedMs = performance.now();
      const { status } = spawnSync("memcflush", [`--servers=${servers}`], { stdio: "ignore" });
      if (status !== 0) throw new Error(`memcflush ended with ${status}`);
      return { sending: performance.now() - startedMs };
    },
    close: async () => {},
  };
}

async function memfleet({ hosts, port }: Addresses, directory: string): Promise<Flusher> {
  const store = await openRecords(directory);
  const audit = new AuditRecords(store, Date.now);
  let first = Number.POSITIVE_INFINITY;
  let last = 0;
  const ids = hosts.map((host) => `${host}:${port}`);
  const targets = new Map(ids.map((id) => [id, target(id)]));
  function target(id: string): Target {
    const [host = ""] = id.split(":");
    const address = { kind: "tcp", host, port } as const;
    const endpoint = { id, address, protocol: "auto", credentials: null, tls: null } as const;
    const client = timed(createNodeClient(endpoint, DEADLINES));
    return { id, client, open: () => createNodeClient(endpoint, DEADLINES), view: plainNode({ id }) };
  }
  function timed(client: NodeClient): NodeClient {
    const flushAll = client.flushAll.bind(client);
    client.flushAll = async (delaySeconds) => {
      first = Math.min(first, performance.now());
      await flushAll(delaySeconds);
      last = Math.max(last, performance.now());
    };
    return client;
  }
  const actions = new ActionService({
    audit,
    log: new ActionRecords(store, audit, Date.now),
    target: (id) => targets.get(id) ?? target(id),
    pool: () => ids,
    lruMaintainer: () => null,
    onSending: () => () => {},
    onActed: () => {},
    readOnly: () => false,
    nowMs: Date.now,
    onDefect: (error) => {
      throw error;
    },
    watchTimes: { forMs: 0, firstMs: 1, everyMs: 1 },
  });
  const values = emptyValues();
  for (const { client } of targets.values()) {
    await client.poll(values);
    await client.stats("settings");
  }
  return {
    name: "Memfleet, audited and verified",
    flush: async () => {
      first = Number.POSITIVE_INFINITY;
      const startedMs = performance.now();
      const actor = { name: "bench", role: "operator", via: "token" } as const;
      const request = { kind: "flush_all", pool: "bench", input: {}, confirm: "main" } as const;
      const { id } = await actions.begin(actor, request);
      const begunMs = performance.now();
      const run = actions.activeRun(id);
      await run?.sent;
      const endedMs = performance.now();
      const { state, detail } = await actions.get(id);
      if (state !== "done") throw new Error(`the action is ${state}: ${detail}`);
      await run?.finished;
      return {
        "request to audit": begunMs - startedMs,
        "looking first": first - begunMs,
        sending: last - first,
        verifying: endedMs - last,
        "in all": endedMs - startedMs,
      };
    },
    close: async () => {
      await actions.stop();
      for (const { client } of targets.values()) client.close();
      await store.close();
    },
  };
}

/** The value at a share of the sorted ones. */
function at(values: readonly number[]): (share: number) => number {
  const sorted = [...values].sort((a, b) => a - b);
  return (share) => sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
}

const addresses = await startAddresses(NODES);
const directory = await mkdtemp(join(tmpdir(), "memfleet-bench-"));
try {
  console.log(`${NODES} node addresses, ${ROUNDS} rounds, ${memcachedVersion()}, Node ${process.version}`);
  console.log(
    "| who | what | median ms | min | max | × bare sending of the same round |\n|---|---|---|---|---|---|",
  );
  const flushers: Flusher[] = [];
  for (const start of [bareSender, memcflush, (all: Addresses) => memfleet(all, directory)]) {
    flushers.push(await start(addresses));
  }
  // Alternating, so that other load on this machine slows all of them alike.
  const rounds = flushers.map((): Times[] => []);
  for (let round = -1; round < ROUNDS; round++) {
    for (const [n, flusher] of flushers.entries()) {
      const times = await flusher.flush();
      if (round >= 0) rounds[n]?.push(times);
    }
  }
  for (const [n, flusher] of flushers.entries()) {
    const own = rounds[n] ?? [];
    for (const what of Object.keys(own[0] ?? {})) {
      const ms = at(own.map((times) => times[what] ?? Number.NaN));
      const share = at(own.map((times, round) => (times[what] ?? 0) / (rounds[0]?.[round]?.sending ?? 0)));
      const cells = [ms(0.5), ms(0), ms(1)].map((value) => value.toFixed(1)).join(" | ");
      console.log(`| ${flusher.name} | ${what} | ${cells} | ${share(0.5).toFixed(1)} |`);
    }
    await flusher.close();
  }
} finally {
  await addresses.stop();
  await rm(directory, { recursive: true, force: true });
}
process.exit(0);
