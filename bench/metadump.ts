/**
 * A metadump side by side in one run: a bare socket that only counts bytes (the server's own time), every item read
 * and its key decoded, the key list as lines, and the keys of a prefix packed as the prefix actions keep them.
 *
 *   npm run bench:metadump -- --items 1000000 --rounds 5
 */
import { once } from "node:events";
import { connect } from "node:net";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { KeyBuffer } from "@/lib/actions/prefix/key-buffer";
import { KeyLineBuffer } from "@/lib/http/streams/key-line-buffer";
import type { MetadumpRequest } from "@/lib/memcached/contract";
import { createNodeClient } from "@/lib/memcached/node-client";
import { startMemcached } from "../tests/servers/memcached";
import { numbered, storeItems } from "../tests/servers/stored-items";
import { memcachedVersion } from "./memcached-addresses";

const { values: options } = parseArgs({
  options: { items: { type: "string", default: "1000000" }, rounds: { type: "string", default: "5" } },
});
const ITEMS = Number(options.items);
const ROUNDS = Number(options.rounds);
const MEGABYTE = 1_048_576;

const server = await startMemcached({ mode: "plain", memoryMb: Math.max(64, Math.ceil(ITEMS / 5_000)) });
const { address } = server.endpoint;
const client = createNodeClient(server.endpoint, { connectTimeoutMs: 2_000, timeoutMs: 10_000 });

interface Reader {
  readonly name: string;
  /** The number of items read. */
  read(): Promise<number>;
}

/** Counts bytes and waits for END. The cheapest possible reader. */
async function bareSocket(): Promise<number> {
  if (address.kind !== "tcp") throw new Error("TCP only");
  const socket = connect(address.port, address.host);
  await once(socket, "connect");
  let last = "";
  const ended = new Promise<void>((resolve, reject) => {
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("closed before the end of the dump")));
    socket.on("data", (chunk: Buffer) => {
      last = (last + chunk.toString("latin1", Math.max(0, chunk.length - 16))).slice(-16);
      if (last.endsWith("END\r\n")) resolve();
    });
  });
  socket.write("lru_crawler metadump hash\r\n");
  await ended;
  socket.destroy();
  return ITEMS;
}

async function dumped(onItem: MetadumpRequest["onItem"], prefix = ""): Promise<number> {
  const dump = await client.metadump({ prefix: Buffer.from(prefix), onItem });
  await dump.ended;
  return dump.itemCount;
}

async function everyItem(): Promise<number> {
  let bytes = 0;
  return dumped((item) => {
    bytes += item.key().length + (item.size ?? 0);
    return bytes > 0;
  });
}

/** Takes lines as fast as they arrive and discards them. */
async function listed(): Promise<number> {
  const list = new KeyLineBuffer(100_000);
  const taking = (async () => {
    while ((await list.take()) !== null);
  })();
  const dump = await client.metadump({ prefix: Buffer.alloc(0), onItem: list.onItem });
  await dump.ended;
  list.end(dump, null);
  await taking;
  return dump.itemCount;
}

async function packed(): Promise<number> {
  const keys = new KeyBuffer(64 * MEGABYTE);
  return dumped((item) => keys.add(item), "key:");
}

const READERS: readonly Reader[] = [
  { name: "bare socket, bytes only", read: bareSocket },
  { name: "Memfleet, every item and key", read: everyItem },
  { name: "Memfleet, none matches", read: () => dumped(() => true, "nothing") },
  { name: "Memfleet, list of 100,000 lines", read: listed },
  { name: "Memfleet, every key packed", read: packed },
];

interface Cost {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly grownMb: number;
}

async function measure({ read }: Reader): Promise<Cost> {
  const rss = process.memoryUsage().rss;
  let most = 0;
  const sampler = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss - rss);
  }, 10);
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  const count = await read();
  const wallMs = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpu);
  clearInterval(sampler);
  if (count !== ITEMS) throw new Error(`${count} of ${ITEMS} items`);
  return { wallMs, cpuMs: (user + system) / 1_000, grownMb: most / MEGABYTE };
}

try {
  await storeItems(server.endpoint, numbered("key:", ITEMS), 32);
  console.log(`${ITEMS} items, ${ROUNDS} rounds, ${memcachedVersion()}, Node ${process.version}`);
  const costs = new Map<Reader, Cost[]>(READERS.map((reader) => [reader, []]));
  // Alternating, so that other load meets all alike; the first round warms up.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const reader of READERS) {
      const cost = await measure(reader);
      if (round > 0) costs.get(reader)?.push(cost);
    }
  }
  const walls = (reader: Reader) =>
    (costs.get(reader) ?? []).map(({ wallMs }) => wallMs).sort((a, b) => a - b);
  const [bare = 0] = READERS.slice(0, 1).map((reader) => walls(reader)[0]);
  // On a shared machine the lowest value is the least disturbed.
  console.log("| reader | ms, least | × bare | ms, median | CPU ms, least | most memory more, MB |");
  console.log("|---|---|---|---|---|---|");
  for (const reader of READERS) {
    const readerCosts = costs.get(reader) ?? [];
    const [least = 0] = walls(reader);
    const median = walls(reader)[Math.floor(ROUNDS / 2)] ?? 0;
    const cpu = Math.min(...readerCosts.map(({ cpuMs }) => cpuMs));
    const grown = Math.max(...readerCosts.map(({ grownMb }) => grownMb));
    const cells = [
      least.toFixed(0),
      (least / bare).toFixed(2),
      median.toFixed(0),
      cpu.toFixed(0),
      grown.toFixed(0),
    ];
    console.log(`| ${reader.name} | ${cells.join(" | ")} |`);
  }
} finally {
  client.close();
  await server.stop();
}
process.exit(0);
