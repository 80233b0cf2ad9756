/**
 * CPU per node-poll, side by side in one run: bare sockets with object parsing, bare memjs, and Memfleet's
 * complete path (socket, parser, differences, status, history on disk).
 *
 *   npm run bench:poll -- --nodes 1000 --rounds 20
 */
import { mkdtemp, rm } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import memjs from "memjs";
import { Collector } from "@/lib/collector/collector";
import type { FleetNode } from "@/lib/config/contract";
import { createEmbeddedHistory } from "@/lib/history/embedded/history";
import { createNodeClient } from "@/lib/memcached/node-client";
import { DAY_MS } from "@/lib/model/time";
import { type Addresses, memcachedVersion, startAddresses } from "./memcached-addresses";

interface Poller {
  readonly name: string;
  /** Polls every node once. */
  round(): Promise<void>;
  close(): Promise<void>;
}

const { values: options } = parseArgs({
  options: { nodes: { type: "string", default: "1000" }, rounds: { type: "string", default: "20" } },
});
const NODES = Number(options.nodes);
const ROUNDS = Number(options.rounds);
const WARM_UP = 3;

async function bareSockets({ hosts, port }: Addresses): Promise<Poller> {
  const sockets = await Promise.all(hosts.map((host) => opened(host, port)));
  const request = (socket: Socket) =>
    new Promise<Record<string, string>>((resolve) => {
      let text = "";
      const read = (chunk: Buffer) => {
        text += chunk.toString("latin1");
        if (!text.endsWith("END\r\n")) return;
        socket.off("data", read);
        const stats: Record<string, string> = {};
        for (const line of text.split("\r\n")) {
          const [, name, value] = line.split(" ");
          if (name !== undefined && value !== undefined) stats[name] = value;
        }
        resolve(stats);
      };
      socket.on("data", read);
      socket.write("stats\r\n");
    });
  return {
    name: "bare sockets, object parsing",
    round: async () => {
      await Promise.all(sockets.map(request));
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}

function opened(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host, () => resolve(socket));
    socket.on("error", reject);
  });
}

async function bareMemjs({ hosts, port }: Addresses): Promise<Poller> {
  const logger = { log() {} };
  const clients = hosts.map((host) =>
    memjs.Client.create(`${host}:${port}`, {
      logger,
      username: "",
      password: "",
      timeout: 30,
      conntimeout: 30,
    } as never),
  );
  const request = (client: ReturnType<typeof memjs.Client.create>) =>
    new Promise<void>((resolve, reject) => {
      client.stats((error) => (error ? reject(error) : resolve()));
    });
  return {
    name: "bare memjs",
    round: async () => {
      await Promise.all(clients.map(request));
    },
    close: async () => {
      for (const client of clients) client.close();
    },
  };
}

async function memfleet({ hosts, port }: Addresses, dataDir: string): Promise<Poller> {
  const intervalMs = 10_000;
  let wallMs = Math.floor(Date.now() / intervalMs) * intervalMs;
  const history = await createEmbeddedHistory({
    dataDir,
    rawMs: DAY_MS,
    rollupMs: DAY_MS,
    intervalMs,
  });
  let answered = 0;
  let done = () => {};
  const collector = new Collector({
    poll: { intervalMs, timeoutMs: 5_000, connectTimeoutMs: 2_000, concurrency: hosts.length },
    history,
    connect: createNodeClient,
    clock: () => ({ monoMs: performance.now(), wallMs }),
    onDefect: (error) => {
      throw error;
    },
  });
  const everyone = () =>
    new Promise<void>((resolve) => {
      answered = 0;
      done = resolve;
    });
  collector.onChange(({ changed }) => {
    answered += changed.size;
    if (answered === hosts.length) setImmediate(done);
  });
  const first = everyone();
  collector.setNodes(hosts.map((host) => fleetNode(host, port)));
  answered = 0;
  await first;
  return {
    name: "Memfleet, socket to history",
    round: async () => {
      const finished = everyone();
      for (const host of hosts) collector.pollNow(`${host}:${port}`);
      await finished;
      wallMs += intervalMs;
      await collector.appendSamples();
    },
    close: async () => {
      const up = [...collector.all()].filter((record) => record.status === "up").length;
      if (up !== hosts.length) throw new Error(`only ${up} of ${hosts.length} nodes are up`);
      collector.close();
      await history.close();
    },
  };
}

function fleetNode(host: string, port: number): FleetNode {
  const id = `${host}:${port}`;
  const endpoint = {
    id,
    address: { kind: "tcp", host, port },
    protocol: "auto",
    credentials: null,
    tls: null,
  } as const;
  return { id, pool: "bench", labels: {}, endpoint };
}

/** CPU microseconds of this process, all threads, per node-poll; median over rounds. */
async function measure(poller: Poller): Promise<number[]> {
  for (let round = 0; round < WARM_UP; round++) await poller.round();
  const costs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    await poller.round();
    const { user, system } = process.cpuUsage(before);
    costs.push((user + system) / NODES);
  }
  return costs.sort((a, b) => a - b);
}

const addresses = await startAddresses(NODES);
const dataDir = await mkdtemp(join(tmpdir(), "memfleet-bench-"));
try {
  console.log(`${NODES} node addresses, ${ROUNDS} rounds, ${memcachedVersion()}, Node ${process.version}`);
  console.log("CPU µs per node-poll, all threads:");
  console.log("| poller | median | min | max |\n|---|---|---|---|");
  for (const start of [bareSockets, bareMemjs, (all: Addresses) => memfleet(all, dataDir)]) {
    const poller = await start(addresses);
    const costs = await measure(poller);
    await poller.close();
    const at = (share: number) => (costs[Math.floor((costs.length - 1) * share)] as number).toFixed(1);
    console.log(`| ${poller.name} | ${at(0.5)} | ${at(0)} | ${at(1)} |`);
  }
} finally {
  await addresses.stop();
  await rm(dataDir, { recursive: true, force: true });
}
process.exit(0);
