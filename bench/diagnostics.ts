/**
 * Diagnosing a large fleet: what it costs to keep findings, how large they are, and what lists of them cost to read.
 * The findings are those of one real server that is as exposed as it can be, with its remedies, told of every node.
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
import type { FindingsQuery, PostureQuery } from "@/lib/model/http/queries";
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
/** Nodes under test at once, as in a run. */
const TOGETHER = 32;

const kB = (bytes: number) => `${(bytes / 1_000).toFixed(bytes < 100_000 ? 1 : 0)} kB`;
const ms = (value: number) => `${value.toFixed(value < 10 ? 2 : 0)} ms`;
const nodes = Array.from({ length: NODES }, (_, n) => ({
  id: `10.${20 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}:11211`,
  pool: `pool-${n % 20}`,
}));

/** CPU of the process, its threads included, and the time that went by. */
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
const ledger = new FindingRepository(store, Date.now, () => {});
const diagnostics = new DiagnosticsService({
  ...{ repository: ledger, audit: new AuditRecords(store, Date.now), probes: [], remediesOf: async () => [] },
  ...{ nodes: () => nodes, input: () => null, udp: () => false, readOnly: () => true },
  ...{ onMarkers: () => {}, nowMs: Date.now, onDefect: console.error },
});

async function keepAll(): Promise<void> {
  let next = 0;
  const worker = async () => {
    for (let node = nodes[next++]; node !== undefined; node = nodes[next++]) {
      for (const put of findingsOf(node.id, found)) await ledger.put(node.pool, put);
    }
  };
  await Promise.all(Array.from({ length: TOGETHER }, worker));
}

/** The least of several: whatever else the machine does only adds. */
async function say(what: string, answer: () => Promise<string>): Promise<void> {
  const costs: { value: string; cpuMs: number; wallMs: number }[] = [];
  for (let run = 0; run < RUNS; run++) costs.push(await cost(answer));
  const least = (pick: (one: { cpuMs: number; wallMs: number }) => number) => Math.min(...costs.map(pick));
  const text = costs[0]?.value ?? "";
  const size = `${kB(Buffer.byteLength(text))}, gzip ${kB(gzipSync(text).length)}`;
  console.log(
    `| ${what} | ${size} | ${ms(least(({ cpuMs }) => cpuMs))} | ${ms(least(({ wallMs }) => wallMs))} |`,
  );
}

const list = (what: string, query: FindingsQuery) =>
  say(what, async () =>
    JSON.stringify(await allFindings(diagnostics, { form: "brief", limit: 100, ...query })),
  );
const posture = (what: string, query: PostureQuery) =>
  say(what, async () => JSON.stringify(await diagnostics.severityMatrix(query)));

/** Reads every finding with all of it, as a script without a limit does, and holds none of them. */
async function drain(): Promise<{ findings: number; bytes: number; heldBytes: number }> {
  const { first, rest } = await diagnostics.list({}, "whole");
  let [findings, bytes, heldBytes] = [0, 0, 0];
  const take = (page: typeof first) => {
    findings += page.findings.length;
    bytes += Buffer.byteLength(JSON.stringify(page.findings));
    heldBytes = Math.max(heldBytes, process.memoryUsage().rss);
  };
  take(first);
  for await (const page of rest) take(page);
  return { findings, bytes, heldBytes };
}

try {
  const probes = NODES * found.length;
  const checks = found.reduce((sum, { rows }) => sum + rows.length, 0);
  console.log(`${NODES} nodes, ${found.length} probes, ${checks} findings a node, Node ${process.version}\n`);
  console.log("| keeping | CPU a probe | time a probe, 32 nodes at once |\n|---|---|---|");
  for (const what of ["for the first time", "with the time before"]) {
    const { cpuMs, wallMs } = await cost(keepAll);
    console.log(`| ${what} | ${ms(cpuMs / probes)} | ${ms(wallMs / probes)} |`);
  }
  const loaded = await cost(() => ledger.load());
  console.log(`| counted anew, all of them | ${ms(loaded.cpuMs)} | ${ms(loaded.wallMs)} |`);
  console.log(`\n| answer, ${RUNS} runs | size | CPU | time |\n|---|---|---|---|`);
  await posture("posture, first 50 nodes", { limit: 50 });
  await posture("posture, every node", {});
  await list("100 findings, worst first", { severity: "info" });
  await list("… of one pool", { severity: "info", pool: ["pool-7"] });
  await list("… that are well", { severity: "ok", atMost: "ok" });
  await list("… of one node", { node: [nodes[7]?.id ?? ""] });
  await list("… with a text that many have", { q: "listens" });
  await list("… with a text that none has", { q: "no such text" });
  await list("one finding, with all of it", {
    ...{ node: [nodes[7]?.id ?? ""], check: "sign-in-needed", form: "whole" as const },
  });
  await list("100 findings, with all of them", { form: "whole" });
  await list("1,000 findings with evidence", { form: "report", limit: 1_000 });
  const { value, cpuMs, wallMs } = await cost(drain);
  console.log(
    `| all ${value.findings} with all of them, streamed | ${kB(value.bytes)}, ${kB(value.heldBytes)} resident | ${ms(cpuMs)} | ${ms(wallMs)} |`,
  );
  await store.close();
  console.log(`\nmemfleet.db: ${kB((await bytesIn(directory)) / NODES)} a node, the time before included`);
} finally {
  if (options.directory === undefined) await rm(directory, { recursive: true, force: true });
}
process.exit();
