/**
 * Diagnostics of a large fleet: the cost of saving findings, their size, and the cost of reading lists of them. The
 * findings are those of one real server, exposed in every way, with remedies, repeated for every node.
 *
 *   npm run bench:diagnostics -- --nodes 5000
 */
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { FindingRepository } from "@/lib/diagnostics/finding-repository";
import { DiagnosticsService } from "@/lib/diagnostics/service";
import type { FindingsQuery, SeverityMatrixQuery } from "@/lib/model/http/queries";
import { AuditRecords } from "@/lib/records/audit";
import { openRecords } from "@/lib/records/open";
import { allFindings } from "@/tests/diagnostics/all-findings";
import { exposedFindings, findingsOf } from "./diagnostics/exposed-node";

const { values: options } = parseArgs({
  options: {
    nodes: { type: "string", default: "5000" },
    runs: { type: "string", default: "5" },
    directory: { type: "string" },
  },
});
const NODES = Number(options.nodes);
const RUNS = Number(options.runs);
/** Nodes tested at once, as in a run. */
const CONCURRENCY = 32;

const kB = (bytes: number) => `${(bytes / 1_000).toFixed(bytes < 100_000 ? 1 : 0)} kB`;
const ms = (value: number) => `${value.toFixed(value < 10 ? 2 : 0)} ms`;
const nodes = Array.from({ length: NODES }, (_, n) => ({
  id: `10.${20 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}:11211`,
  pool: `pool-${n % 20}`,
}));

/** CPU time of the process, its threads included, and elapsed time. */
async function cost<Value>(work: () => Promise<Value>) {
  const [before, startMs] = [process.cpuUsage(), performance.now()];
  const value = await work();
  const { user, system } = process.cpuUsage(before);
  return { value, cpuMs: (user + system) / 1_000, wallMs: performance.now() - startMs };
}

async function bytesIn(directory: string): Promise<number> {
  const sizes = (await readdir(directory)).map((name) => stat(join(directory, name)));
  return (await Promise.all(sizes)).reduce((sum, { size }) => sum + size, 0);
}

const directory = options.directory ?? (await mkdtemp(join(tmpdir(), "memfleet-bench-")));
const found = await exposedFindings();
const store = await openRecords(directory);
const repository = new FindingRepository(store, Date.now, () => {});
const diagnostics = new DiagnosticsService({
  repository,
  audit: new AuditRecords(store, Date.now),
  probes: [],
  remediesOf: async () => [],
  nodes: () => nodes,
  input: () => null,
  udp: () => false,
  readOnly: () => true,
  onMarkers: () => {},
  nowMs: Date.now,
  onDefect: console.error,
});

async function saveAll(): Promise<void> {
  let next = 0;
  const worker = async () => {
    for (let node = nodes[next++]; node !== undefined; node = nodes[next++]) {
      for (const put of findingsOf(node.id, found)) await repository.put(node.pool, put);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
}

/** The minimum of several runs: other load on the machine only adds. */
async function report(what: string, answer: () => Promise<string>): Promise<void> {
  const costs: { value: string; cpuMs: number; wallMs: number }[] = [];
  for (let run = 0; run < RUNS; run++) costs.push(await cost(answer));
  const min = (pick: (run: { cpuMs: number; wallMs: number }) => number) => Math.min(...costs.map(pick));
  const text = costs[0]?.value ?? "";
  const size = `${kB(Buffer.byteLength(text))}, gzip ${kB(gzipSync(text).length)}`;
  console.log(
    `| ${what} | ${size} | ${ms(min(({ cpuMs }) => cpuMs))} | ${ms(min(({ wallMs }) => wallMs))} |`,
  );
}

const list = (what: string, query: FindingsQuery) =>
  report(what, async () =>
    JSON.stringify(await allFindings(diagnostics, { form: "brief", limit: 100, ...query })),
  );
const matrix = (what: string, query: SeverityMatrixQuery) =>
  report(what, async () => JSON.stringify(await diagnostics.severityMatrix(query)));

/** Reads every complete finding, as a script without a limit does, and holds none. */
async function drain(): Promise<{ findings: number; bytes: number; heldBytes: number }> {
  const { first, rest } = await diagnostics.list({}, "whole");
  let [findings, bytes, heldBytes] = [0, 0, 0];
  const add = (page: typeof first) => {
    findings += page.findings.length;
    bytes += Buffer.byteLength(JSON.stringify(page.findings));
    heldBytes = Math.max(heldBytes, process.memoryUsage().rss);
  };
  add(first);
  for await (const page of rest) add(page);
  return { findings, bytes, heldBytes };
}

try {
  const probes = NODES * found.length;
  const checks = found.reduce((sum, { rows }) => sum + rows.length, 0);
  console.log(`${NODES} nodes, ${found.length} probes, ${checks} findings a node, Node ${process.version}\n`);
  console.log("| saving | CPU a probe | time a probe, 32 nodes at once |\n|---|---|---|");
  for (const what of ["for the first time", "with a previous result"]) {
    const { cpuMs, wallMs } = await cost(saveAll);
    console.log(`| ${what} | ${ms(cpuMs / probes)} | ${ms(wallMs / probes)} |`);
  }
  const loaded = await cost(() => repository.load());
  console.log(`| load all counts | ${ms(loaded.cpuMs)} | ${ms(loaded.wallMs)} |`);
  console.log(`\n| response, ${RUNS} runs | size | CPU | time |\n|---|---|---|---|`);
  await matrix("severity matrix, first 50 nodes", { limit: 50 });
  await matrix("severity matrix, every node", {});
  await list("100 findings, worst first", { severity: "info" });
  await list("… of one pool", { severity: "info", pool: ["pool-7"] });
  await list("… passed", { severity: "ok", atMost: "ok" });
  await list("… of one node", { node: [nodes[7]?.id ?? ""] });
  await list("… matching many", { q: "listens" });
  await list("… matching none", { q: "no such text" });
  await list("one complete finding", {
    node: [nodes[7]?.id ?? ""],
    check: "sign-in-needed",
    form: "whole",
  });
  await list("100 complete findings", { form: "whole" });
  await list("1,000 findings with evidence", { form: "report", limit: 1_000 });
  const { value, cpuMs, wallMs } = await cost(drain);
  console.log(
    `| all ${value.findings} complete findings, streamed | ${kB(value.bytes)}, ${kB(value.heldBytes)} resident | ${ms(cpuMs)} | ${ms(wallMs)} |`,
  );
  await store.close();
  console.log(
    `\nmemfleet.db: ${kB((await bytesIn(directory)) / NODES)} a node, including the previous result`,
  );
} finally {
  if (options.directory === undefined) await rm(directory, { recursive: true, force: true });
}
process.exit();
