/** Diagnosing through the routes, over a complete runtime and real servers. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { POST as cancelRoute } from "@/app/api/v1/diagnostics/[id]/cancel/route";
import { GET as eventsRoute } from "@/app/api/v1/diagnostics/[id]/events/route";
import { GET as oneRoute } from "@/app/api/v1/diagnostics/[id]/route";
import { POST as patchedRoute } from "@/app/api/v1/diagnostics/patched/route";
import { GET as severityMatrixRoute } from "@/app/api/v1/diagnostics/posture/route";
import { POST as beginRoute, GET as listRoute } from "@/app/api/v1/diagnostics/route";
import {
  type BriefFinding,
  briefFindingsSchema,
  diagnosticSchema,
  type Finding,
  findingsSchema,
  progressSchema,
  reportedFindingsSchema,
  type SeverityMatrixRow,
  severityMatrixSchema,
} from "@/lib/model/findings/finding.schema";
import { Runtime, setRuntime } from "@/lib/server/runtime";
import { type MemcachedServer, startMemcached } from "../../servers/memcached";

const ORIGIN = "http://127.0.0.1:3000";

let directory: string;
let loud: MemcachedServer;
let quiet: MemcachedServer;
let runtime: Runtime;
const defects: unknown[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "memfleet-diagnostics-"));
  loud = await startMemcached({ mode: "plain", args: ["-vv"] });
  quiet = await startMemcached({ mode: "authfile", args: ["-F", "-X"] });
  process.env.MEMFLEET_CONFIG = join(directory, "memfleet.yaml");
  await configure({});
  await startRuntime();
});

afterAll(async () => {
  await runtime?.close();
  await loud?.stop();
  await quiet?.stop();
  delete process.env.MEMFLEET_CONFIG;
  await rm(directory, { recursive: true, force: true });
  expect(defects).toEqual([]);
});

function configure(more: Record<string, unknown>): Promise<void> {
  const { credentials } = quiet.endpoint;
  const ascii = { username: credentials?.username, password: credentials?.password };
  const pools = [
    { name: "open", servers: [loud.endpoint.id] },
    { name: "shut", servers: [quiet.endpoint.id], auth: { ascii } },
  ];
  const settings = { dataDir: directory, poll: { interval: "1s", timeout: "900ms" }, pools, ...more };
  return writeFile(join(directory, "memfleet.yaml"), JSON.stringify(settings));
}

async function startRuntime(): Promise<void> {
  runtime = await Runtime.start((error) => defects.push(error));
  setRuntime(runtime);
  await vi.waitFor(() => expect(runtime.nodes().map(({ status }) => status)).toEqual(["up", "up"]), 20_000);
}

type Handler = typeof oneRoute;

function call(
  route: Handler,
  path: string,
  params: Record<string, string> = {},
  headers = {},
): Promise<Response> {
  const request = new Request(`${ORIGIN}${path}`, { headers: { host: "127.0.0.1:3000", ...headers } });
  return route(request, { params: Promise.resolve(params) });
}

function send(
  route: Handler,
  path: string,
  body: unknown,
  params: Record<string, string> = {},
): Promise<Response> {
  const headers = { host: "127.0.0.1:3000", "content-type": "application/json" };
  const request = new Request(`${ORIGIN}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  return route(request, { params: Promise.resolve(params) });
}

async function begin(body: unknown): Promise<string> {
  const reply = await send(beginRoute, "/api/v1/diagnostics", body);
  expect(reply.status).toBe(202);
  return diagnosticSchema.parse(await reply.json()).id;
}

async function read(id: string) {
  return diagnosticSchema.parse(await (await call(oneRoute, `/api/v1/diagnostics/${id}`, { id })).json());
}

async function run(body: unknown) {
  const id = await begin(body);
  await expect.poll(async () => (await read(id)).endedMs, { timeout: 60_000, interval: 200 }).not.toBeNull();
  return read(id);
}

async function list(query = "") {
  return findingsSchema.parse(await (await call(listRoute, `/api/v1/diagnostics${query}`)).json());
}

function of(findings: readonly Finding[], node: MemcachedServer, check: string): Finding | undefined {
  return findings.find((finding) => finding.node === node.endpoint.id && finding.check === check);
}

describe("diagnosing through the routes", () => {
  it("counts no node as diagnosed before the first run", async () => {
    expect(await list()).toMatchObject({ findings: [], undiagnosed: 2 });
    expect(runtime.nodes().map(({ findings }) => findings)).toEqual([null, null]);
  });

  it("tests the fleet, and lists findings worst first, per node, and as CSV", async () => {
    const ended = await run({});
    expect(ended).toMatchObject({ state: "done", total: 16, done: 16, nodes: 2 });
    const { findings, totals, undiagnosed } = await list();
    expect(undiagnosed).toBe(0);
    expect(findings).toEqual(ended.findings);
    expect(of(findings, loud, "verbosity")).toMatchObject({
      severity: "warning",
      pool: "open",
      previous: null,
    });
    expect(of(findings, loud, "verbosity")?.probedFrom).toMatch(/\(127\.0\.0\.1\)$/);
    expect(of(findings, quiet, "flush-enabled")).toMatchObject({ severity: "ok", pool: "shut" });
    const order = ["critical", "warning", "info", "ok"];
    const severityRanks = findings.map(({ severity }) => order.indexOf(severity));
    expect(severityRanks).toEqual([...severityRanks].sort((a, b) => a - b));
    const counted = findings.filter(({ node }) => node === loud.endpoint.id);
    const count = (severity: string) => counted.filter((finding) => finding.severity === severity).length;
    expect(runtime.node(loud.endpoint.id)?.findings).toEqual({
      critical: count("critical"),
      warning: count("warning"),
      info: count("info"),
    });
    expect(totals.warning + totals.critical + totals.info + totals.ok).toBe(findings.length);
    const csv = await call(listRoute, "/api/v1/diagnostics?severity=warning", {}, { accept: "text/csv" });
    expect(csv.headers.get("content-type")).toContain("text/csv");
    const lines = (await csv.text()).trimEnd().split("\r\n");
    expect(lines).toHaveLength(1 + totals.warning + totals.critical);
    expect(lines[0]).toBe(
      '"time","pool","node","probe","check","severity","verdict","title","evidence","probedFrom","patchedBy","previousVerdict","previousTime"',
    );
  });

  it("returns brief and report findings without reading what they omit", async () => {
    const { findings } = await list();
    const json = async (form: string) =>
      (await call(listRoute, `/api/v1/diagnostics?form=${form}`)).json() as Promise<unknown>;
    const without = ({ remedy: _, ...finding }: Finding) => finding;
    expect(reportedFindingsSchema.parse(await json("report")).findings).toEqual(findings.map(without));
    const brief = (await json("brief")) as { findings: BriefFinding[] };
    expect(briefFindingsSchema.parse(brief)).toEqual(brief);
    expect(brief.findings).toEqual(
      findings.map(({ remedy: _, evidence: __, previous: ___, ...finding }) => ({
        ...finding,
        previous: null,
      })),
    );
    expect(findings.some(({ remedy }) => remedy.length > 0)).toBe(true);
    expect(JSON.stringify(brief)).not.toContain("remedy");
  });

  it("gives a list in pages that together are complete", async () => {
    const { findings } = await list();
    for (const [query, limit] of [
      ["", 7],
      ["&severity=info", 3],
      ["&severity=ok&atMost=ok", 1_000],
      ["&probe=settings", 4],
      ["&pool=open", 9],
      ["&q=VERB", 1],
    ] as const) {
      const all = (await list(`?form=whole${query}`)).findings;
      expect(all.length, query).toBeGreaterThan(0);
      expect(findings).toEqual(expect.arrayContaining(all));
      const found: Finding[] = [];
      for (let cursor = ""; ; ) {
        const page = await list(`?limit=${limit}${query}${cursor}`);
        expect(page.findings.length).toBeLessThanOrEqual(limit);
        found.push(...page.findings);
        if (page.nextCursor === null) break;
        cursor = `&cursor=${encodeURIComponent(page.nextCursor)}`;
      }
      expect(found, query).toEqual(all);
    }
    expect((await list("?severity=ok&atMost=ok")).findings.every(({ severity }) => severity === "ok")).toBe(
      true,
    );
    expect((await list("?check=verbosity")).findings.map(({ check }) => check)).toEqual([
      "verbosity",
      "verbosity",
    ]);
    for (const query of ["limit=0", "limit=1001", "cursor=o5", "form=short", "check=a&check=b"]) {
      expect((await call(listRoute, `/api/v1/diagnostics?${query}`)).status, query).toBe(400);
    }
  });

  it("returns the worst severity per node and probe, in pages, matching the findings", async () => {
    const { findings, totals } = await list();
    const matrix = async (query = "") =>
      severityMatrixSchema.parse(
        await (await call(severityMatrixRoute, `/api/v1/diagnostics/posture${query}`)).json(),
      );
    const all = await matrix();
    expect(all).toMatchObject({ totals, diagnosed: 2, undiagnosed: 0, nextCursor: null });
    const order = ["ok", "info", "warning", "critical"];
    for (const { node, worst, open, probes } of all.nodes) {
      const theirs = findings.filter((finding) => finding.node === node);
      expect(worst).toBe(theirs[0]?.severity);
      expect(open).toBe(theirs.filter(({ severity }) => severity !== "ok").length);
      for (const probe of new Set(theirs.map((finding) => finding.probe))) {
        const of = theirs.filter((finding) => finding.probe === probe);
        const [first] = of;
        expect(probes[probe]).toEqual({
          severity: first?.severity,
          count: of.filter(({ severity }) => severity === first?.severity).length,
          unknown: of.every(({ verdict }) => verdict === "unknown"),
        });
      }
    }
    const ranks = all.nodes.map(({ worst }) => order.indexOf(worst));
    expect(ranks).toEqual([...ranks].sort((a, b) => b - a));
    const first = await matrix("?limit=1");
    const second = await matrix(`?limit=1&cursor=${first.nextCursor}`);
    const nodes: SeverityMatrixRow[] = [...first.nodes, ...second.nodes];
    expect(nodes).toEqual(all.nodes);
    expect(second.nextCursor).toBeNull();
    expect((await matrix("?pool=shut")).nodes.map(({ node }) => node)).toEqual([quiet.endpoint.id]);
    expect((await call(severityMatrixRoute, "/api/v1/diagnostics/posture?cursor=x")).status).toBe(400);
    expect((await call(severityMatrixRoute, "/api/v1/diagnostics/posture?node=nobody:1")).status).toBe(404);
  });

  it("never reveals a node's password", async () => {
    const password = quiet.endpoint.credentials?.password ?? "";
    expect(password.length).toBeGreaterThan(5);
    expect(JSON.stringify(await list())).not.toContain(password);
  });

  it("streams a run until its end", async () => {
    const id = await begin({ nodes: [loud.endpoint.id], probes: ["settings", "advisories"] });
    const reply = await call(eventsRoute, `/api/v1/diagnostics/${id}/events`, { id });
    const text = await reply.text();
    const names = [...text.matchAll(/^event: (\w+)$/gm)].map(([, name]) => name);
    expect(names[0]).toBe("diagnostic");
    expect(names.at(-1)).toBe("end");
    const events = [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data ?? ""));
    const found = events.flatMap(({ findings = [] }: { findings?: Finding[] }) =>
      findings.map(({ check }) => check),
    );
    expect(new Set(found)).toEqual(new Set((await read(id)).findings.map(({ check }) => check)));
    expect(events.at(-2)).toMatchObject({ state: "done", done: 2, total: 2 });
    const progress = await (await call(oneRoute, `/api/v1/diagnostics/${id}?form=progress`, { id })).json();
    expect(progressSchema.parse(progress)).toEqual(progress);
    expect(progress).toMatchObject({ state: "done", nodesDone: { settings: 1, advisories: 1 } });
  });

  it("shows the previous result, marks the change, and keeps both across a restart of Memfleet", async () => {
    const { address } = loud.endpoint;
    const port = address.kind === "tcp" ? String(address.port) : "";
    const user = process.getuid?.() === 0 ? ["-u", "root"] : [];
    await loud.restart(["-l", "127.0.0.1", "-p", port, "-U", "0", ...user]);
    const { findings } = await run({ nodes: [loud.endpoint.id], probes: ["settings"] });
    const found = of(findings, loud, "verbosity");
    expect(found).toMatchObject({
      severity: "ok",
      previous: { severity: "warning", verdict: "fail", evidence: { verbosity: 2 } },
    });
    const markers = async () =>
      (await runtime.series({ metric: ["bytes"], node: [loud.endpoint.id] })).markers.filter(
        ({ kind }) => kind === "finding",
      );
    await expect
      .poll(markers)
      .toEqual([expect.objectContaining({ node: loud.endpoint.id, text: "verbosity: warning → ok" })]);
    const before = await list();
    await runtime.close();
    await startRuntime();
    expect((await list()).findings).toEqual(before.findings);
    await expect.poll(() => runtime.node(loud.endpoint.id)?.findings).not.toBeNull();
  });

  it("sets and removes an admin's mark of a fix", async () => {
    const word = { node: loud.endpoint.id, check: "version-floor", patched: true, note: "Debian 12" };
    expect((await send(patchedRoute, "/api/v1/diagnostics/patched", word)).status).toBe(204);
    const floor = async () => of((await list()).findings, loud, "version-floor");
    expect(await floor()).toMatchObject({
      verdict: "patched",
      severity: "ok",
      patched: { note: "Debian 12" },
    });
    await send(patchedRoute, "/api/v1/diagnostics/patched", { ...word, patched: false });
    expect(await floor()).toMatchObject({ verdict: "fail", severity: "warning", patched: null });
    const unknown = { ...word, check: "verbosity" };
    expect((await send(patchedRoute, "/api/v1/diagnostics/patched", unknown)).status).toBe(400);
  });

  it("reports the previous finding of a stopped node, and that its state is now unknown", async () => {
    const before = await list(`?node=${encodeURIComponent(loud.endpoint.id)}`);
    await loud.kill();
    const { findings, state } = await run({ nodes: [loud.endpoint.id] });
    expect(state).toBe("done");
    expect(of(findings, loud, "verbosity")).toMatchObject({ verdict: "unknown", severity: "ok" });
    expect(of(findings, loud, "memory-default")).toMatchObject({
      verdict: "unknown",
      severity: "info",
      previous: { verdict: "fail" },
    });
    expect(of(findings, loud, "version-floor")).toMatchObject({ verdict: "unknown", severity: "warning" });
    expect(of(findings, loud, "connects")).toMatchObject({ verdict: "fail" });
    const checks = new Set(findings.map(({ check }) => check));
    for (const { check } of before.findings) expect(checks, check).toContain(check);
    await loud.restart();
  });

  it("runs the round trip on request, and records it in the audit", async () => {
    await expect.poll(() => runtime.node(loud.endpoint.id)?.status, { timeout: 20_000 }).toBe("up");
    const { findings } = await run({ nodes: [loud.endpoint.id], probes: ["round-trip"] });
    expect(of(findings, loud, "round-trip")).toMatchObject({ verdict: "pass" });
    const { entries } = await runtime.audit.find({ kind: "round_trip", limit: 10 });
    expect(entries).toEqual([expect.objectContaining({ target: loud.endpoint.id, outcome: "done" })]);
  });

  it.each([
    [{ nodes: ["127.0.0.1:1"] }, 404],
    [{ nodes: ["169.254.169.254:80"] }, 404],
    [{ pool: "elsewhere" }, 404],
    [{ nodes: [], pool: "open" }, 400],
    [{ probes: ["everything"] }, 400],
    [{ udpPayload: "get" }, 400],
    [{ host: "127.0.0.1" }, 400],
    [{ __proto__: null, constructor: 1 }, 400],
  ])("refuses %j with %d", async (body, status) => {
    expect((await send(beginRoute, "/api/v1/diagnostics", body)).status).toBe(status);
  });

  it("returns 404 for an unknown run", async () => {
    for (const id of ["0", "__proto__", "999999"]) {
      expect((await call(oneRoute, `/api/v1/diagnostics/${id}`, { id })).status).toBe(404);
      expect((await call(eventsRoute, `/api/v1/diagnostics/${id}/events`, { id })).status).toBe(404);
      expect((await send(cancelRoute, `/api/v1/diagnostics/${id}/cancel`, {}, { id })).status).toBe(404);
    }
  });

  it("sends no datagram when the configuration disables it, and starts nothing in read-only mode", async () => {
    await configure({ probes: { udp: false } });
    await expect.poll(() => runtime.configuration.probes.udp, { timeout: 20_000 }).toBe(false);
    const refused = await send(beginRoute, "/api/v1/diagnostics", { probes: ["udp-exposure"] });
    expect(refused.status).toBe(422);
    expect((await run({ pool: "shut" })).probes).not.toContain("udp-exposure");
    await configure({ readOnly: true });
    await expect.poll(() => runtime.configuration.readOnly, { timeout: 20_000 }).toBe(true);
    expect((await send(beginRoute, "/api/v1/diagnostics", {})).status).toBe(405);
    // Stopping is allowed: here there is nothing to stop.
    expect((await send(cancelRoute, "/api/v1/diagnostics/0/cancel", {}, { id: "0" })).status).toBe(404);
  });
});
