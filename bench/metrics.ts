/**
 * `/metrics` of a large fleet: CPU in all and of the longest piece, bytes, over replies of real servers, and the
 * memory of the slower groups per node.
 *
 *   npm run bench:metrics -- --runs 10
 */
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { itemsFacts, NO_FACTS, settingsFacts, slabsFacts } from "@/lib/collector/node-facts";
import { NodeRecord } from "@/lib/collector/node-record";
import { prometheusView } from "@/lib/collector/prometheus-view";
import type { NodeClient } from "@/lib/memcached/contract";
import { EntriesReader } from "@/lib/memcached/text/parser";
import { StatsReader } from "@/lib/memcached/text/stats-reader";
import { NODE_FAMILIES, type NodeMetrics } from "@/lib/metrics/prometheus/node-families";
import { pages } from "@/lib/metrics/prometheus/text-format";
import { CAPTURED_VERSIONS, capture } from "@/tests/doubles/captures";

const { values: options } = parseArgs({ options: { runs: { type: "string", default: "10" } } });
const RUNS = Number(options.runs);
const SIZES = [1_000, 5_000];
const AT = { monoMs: 1_000, wallMs: 1_800_000_000_000 };
const GROUPS = ["settings", "items", "slabs"] as const;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function entriesOf(version: string, group: string) {
  const reader = new EntriesReader();
  const bytes = capture(version, `stats-${group}`);
  reader.push(bytes, bytes.length);
  return reader.entries;
}

/** A node that answered as the captured server did. */
function recordOf(n: number): NodeRecord {
  const version = CAPTURED_VERSIONS[n % CAPTURED_VERSIONS.length] as string;
  const id = `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}:11211`;
  const address = { kind: "tcp", host: "10.0.0.1", port: 11_211 } as const;
  const endpoint = { id, address, protocol: "auto", credentials: null, tls: null } as const;
  const node = { id, pool: `pool-${n % 20}`, labels: { env: "production", dc: "tyo1" }, endpoint };
  const record = new NodeRecord(node, {} as NodeClient);
  const reader = new StatsReader();
  reader.begin(record.nextSample());
  const bytes = capture(version, "stats");
  reader.push(bytes, bytes.length);
  record.succeeded(AT, reader.version, 0.3);
  record.updateFacts({ ...NO_FACTS, ...factsOf(version) }, AT);
  return record;
}

function factsOf(version: string) {
  return {
    ...settingsFacts(entriesOf(version, "settings")),
    ...itemsFacts(entriesOf(version, "items")),
    ...slabsFacts(entriesOf(version, "slabs")),
  };
}

interface Cost {
  readonly cpuMs: number;
  readonly longestMs: number;
  readonly bytes: number;
  readonly lines: number;
}

function write(records: readonly NodeRecord[]): Cost {
  const encoder = new TextEncoder();
  const before = process.cpuUsage();
  let [bytes, lines, longestMs] = [0, 0, 0];
  let usage = process.cpuUsage();
  const nodes: NodeMetrics[] = records.map((record) => prometheusView(record, AT, 10_000));
  for (const page of pages(NODE_FAMILIES, nodes)) {
    bytes += encoder.encode(page).length;
    const piece = process.cpuUsage(usage);
    longestMs = Math.max(longestMs, (piece.user + piece.system) / 1000);
    usage = process.cpuUsage();
  }
  const { user, system } = process.cpuUsage(before);
  for (const page of pages(NODE_FAMILIES, nodes)) lines += page.split("\n").length - 1;
  return { cpuMs: (user + system) / 1000, longestMs, bytes, lines };
}

/** Bytes on the heap and in buffers per object that `make` returns, over `count` of them. */
function bytesEach(count: number, make: (n: number) => unknown): number {
  const usedBytes = () => {
    collectGarbage();
    collectGarbage();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  make(0);
  const before = usedBytes();
  const objects = Array.from({ length: count }, (_, n) => make(n));
  const bytes = (usedBytes() - before) / count;
  return objects.length === count ? bytes : Number.NaN;
}

const versionOf = (n: number) => CAPTURED_VERSIONS[n % CAPTURED_VERSIONS.length] as string;

console.log(`${RUNS} runs, Node ${process.version}`);
console.log("| settings, items and slabs of a node | bytes |\n|---|---|");
const asMaps = bytesEach(2_000, (n) => GROUPS.map((group) => new Map(entriesOf(versionOf(n), group))));
const settingsMap = bytesEach(2_000, (n) => new Map(entriesOf(versionOf(n), "settings")));
const asFacts = bytesEach(2_000, (n) => ({ ...NO_FACTS, ...factsOf(versionOf(n)) }));
console.log(`| settings alone as a map of strings | ${settingsMap.toFixed(0)} |`);
console.log(`| all three as maps of strings | ${asMaps.toFixed(0)} |`);
console.log(`| all three as numbers | ${asFacts.toFixed(0)} |`);
console.log(
  "\n| nodes | CPU, median | longest piece, CPU | lines | size | gzip |\n|---|---|---|---|---|---|",
);
for (const size of SIZES) {
  const records = Array.from({ length: size }, (_, n) => recordOf(n));
  const costs = Array.from({ length: RUNS }, () => write(records)).sort((a, b) => a.cpuMs - b.cpuMs);
  const { cpuMs, longestMs, bytes, lines } = costs[Math.floor((RUNS - 1) / 2)] as Cost;
  const nodes = records.map((record) => prometheusView(record, AT, 10_000));
  const packed = gzipSync([...pages(NODE_FAMILIES, nodes)].join(""), { level: 6 }).length;
  const mB = (count: number) => `${(count / 1_000_000).toFixed(2)} MB`;
  console.log(
    `| ${size} | ${cpuMs.toFixed(0)} ms | ${longestMs.toFixed(1)} ms | ${lines} | ${mB(bytes)} | ${mB(packed)} |`,
  );
}
