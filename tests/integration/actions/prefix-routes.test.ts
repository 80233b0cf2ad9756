/** The key list and the actions on a prefix over a running Memfleet and real nodes. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { POST as cancel } from "@/app/api/v1/actions/[id]/cancel/route";
import { GET as getAction } from "@/app/api/v1/actions/[id]/route";
import { POST as act } from "@/app/api/v1/actions/route";
import { GET as getKeys } from "@/app/api/v1/nodes/[node]/keys/route";
import { crawlerLocksFree } from "@/lib/memcached/metadump/crawler-lock";
import { type Action, actionSchema } from "@/lib/model/actions/action.schema";
import { keyLineSchema, keyListEndSchema } from "@/lib/model/node/keys.schema";
import { Runtime, setRuntime } from "@/lib/server/runtime";
import { independentStats } from "../../servers/independent-stats";
import { type MemcachedServer, startMemcached } from "../../servers/memcached";
import { numbered, storeItems } from "../../servers/stored-items";

const HOST = "127.0.0.1:34998";

let directory: string;
let runtime: Runtime;
let big: MemcachedServer;
let small: MemcachedServer;
let dumpless: MemcachedServer;
let sasl: MemcachedServer;
const variable = process.env.MEMFLEET_CONFIG;
const defects: unknown[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "memfleet-prefix-"));
  [big, small, dumpless, sasl] = await Promise.all([
    startMemcached({ mode: "plain", memoryMb: 256 }),
    startMemcached({ mode: "plain" }),
    startMemcached({ mode: "plain", args: ["-X"] }),
    startMemcached({ mode: "sasl" }),
  ]);
  const { username, password } = sasl.endpoint.credentials ?? { username: "", password: "" };
  const file = join(directory, "memfleet.yaml");
  await writeFile(join(directory, "password"), password);
  const settings = {
    listen: HOST,
    dataDir: join(directory, "data"),
    poll: { interval: "60s", timeout: "20s" },
    pools: [
      { name: "main", servers: [big.endpoint.id, small.endpoint.id] },
      { name: "dumpless", servers: [dumpless.endpoint.id] },
      {
        name: "protected",
        servers: [sasl.endpoint.id],
        auth: { sasl: { username, passwordFile: join(directory, "password") } },
      },
    ],
  };
  await writeFile(file, JSON.stringify(settings));
  process.env.MEMFLEET_CONFIG = file;
  runtime = await Runtime.start((error) => defects.push(error));
  setRuntime(runtime);
  await storeItems(big.endpoint, numbered("k", 200_000));
});
afterAll(async () => {
  await crawlerLocksFree();
  await runtime?.close();
  if (variable === undefined) delete process.env.MEMFLEET_CONFIG;
  else process.env.MEMFLEET_CONFIG = variable;
  await Promise.all([big?.stop(), small?.stop(), dumpless?.stop(), sasl?.stop()]);
  await rm(directory, { recursive: true, force: true });
  expect(defects).toEqual([]);
});

function send(path: string, body?: unknown): Request {
  const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const headers = { host: HOST, "content-type": "application/json" };
  return new Request(`http://${HOST}${path}`, { ...init, headers });
}

function keysOf(node: string, query = ""): Promise<Response> {
  return getKeys(send(`/api/v1/nodes/x/keys${query}`), { params: Promise.resolve({ node }) });
}

/** Sends an action and expects it to be taken. */
async function begin(body: Record<string, unknown>): Promise<Action> {
  const answer = await act(send("/api/v1/actions", body), { params: Promise.resolve({}) });
  const text = await answer.text();
  if (answer.status !== 202) throw new Error(text);
  return actionSchema.parse(JSON.parse(text));
}

async function statusOf(body: Record<string, unknown>): Promise<{ status: number; detail: string }> {
  const answer = await act(send("/api/v1/actions", body), { params: Promise.resolve({}) });
  const { detail } = (await answer.json()) as { detail: string };
  return { status: answer.status, detail };
}

async function readAction(id: string): Promise<Action> {
  const answer = await getAction(send(`/api/v1/actions/${id}`), { params: Promise.resolve({ id }) });
  return actionSchema.parse(await answer.json());
}

async function done(body: Record<string, unknown>): Promise<Action> {
  const { id } = await begin(body);
  await expect
    .poll(async () => (await readAction(id)).state, { timeout: 20_000 })
    .not.toMatch(/running|paused/);
  return readAction(id);
}

describe("the list of keys", () => {
  it("streams lines and a last one that counts", async () => {
    const response = await keysOf(big.endpoint.id, "?prefix=k1999&limit=5");
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toContain("application/x-ndjson");
    const rows = (await response.text()).trimEnd().split("\n");
    expect(rows).toHaveLength(6);
    for (const row of rows.slice(0, 5)) expect(keyLineSchema.parse(JSON.parse(row)).key).toMatch(/^k1999/);
    // k1999, k19990 to k19999, k199900 to k199999.
    expect(keyListEndSchema.parse(JSON.parse(rows[5] ?? ""))).toMatchObject({
      seen: 200_000,
      matched: 111,
      truncated: true,
      problem: null,
    });
  });

  it("is refused with a problem before the first byte: 409, 422, 404, 400", async () => {
    const first = await keysOf(big.endpoint.id, "?limit=1");
    const second = await keysOf(big.endpoint.id);
    expect(second.status).toBe(409);
    expect(second.headers.get("content-type")).toContain("application/problem+json");
    expect(await second.text()).toMatch(/a metadump has been running since/);
    await first.text();
    for (const [server, why] of [
      [dumpless, "a start-up option switched it off"],
      [sasl, "the binary protocol does not have it"],
    ] as const) {
      const refused = await keysOf(server.endpoint.id);
      expect(refused.status).toBe(422);
      expect(await refused.text()).toContain(why);
    }
    expect((await keysOf("127.0.0.1:1")).status).toBe(404);
    expect((await keysOf(big.endpoint.id, "?prefix=a%20b")).status).toBe(400);
    expect((await keysOf(big.endpoint.id, "?limit=0")).status).toBe(400);
  });
});

describe("actions on a prefix", () => {
  const nodes = () => [small.endpoint.id];

  it("require the prefix as confirmation, unless they are dry runs", async () => {
    await storeItems(small.endpoint, numbered("user:", 300));
    const dry = await done({ kind: "delete_prefix", nodes: nodes(), input: { prefix: "user:" } });
    expect(dry).toMatchObject({ state: "done", targets: [{ state: "verified", after: { matched: 300 } }] });
    const input = { prefix: "user:", dryRun: false };
    expect(await statusOf({ kind: "delete_prefix", nodes: nodes(), input })).toMatchObject({ status: 409 });
    const run = await done({ kind: "delete_prefix", nodes: nodes(), input, confirm: "user:" });
    expect(run).toMatchObject({
      state: "done",
      targets: [{ state: "verified", after: { matched: 300, deleted: 300, failed: 0 } }],
    });
    expect((await independentStats(small.endpoint, "text")).get("curr_items")).toBe("0");
  });

  it("go over a pool, each node with its own counts", async () => {
    await storeItems(small.endpoint, numbered("stale:", 50));
    await storeItems(big.endpoint, numbered("stale:", 70));
    const run = await done({
      kind: "mark_stale_prefix",
      pool: "main",
      confirm: "stale:",
      input: { prefix: "stale:", dryRun: false },
    });
    expect(run.state).toBe("done");
    const marked = run.targets.map(({ node, after }) => [node, after?.marked]);
    expect(new Map(marked as [string, number][])).toEqual(
      new Map([
        [small.endpoint.id, 50],
        [big.endpoint.id, 70],
      ]),
    );
  });

  it("are refused where the node cannot, or its crawler is busy", async () => {
    const input = { prefix: "a", dryRun: false };
    for (const { endpoint } of [dumpless, sasl]) {
      for (const kind of ["delete_prefix", "mark_stale_prefix"]) {
        const refused = await statusOf({ kind, nodes: [endpoint.id], input, confirm: "a" });
        expect(refused.status).toBe(422);
      }
    }
    const crawl = { kind: "lru_crawler_crawl", nodes: [sasl.endpoint.id], input: {} };
    expect((await statusOf(crawl)).status).toBe(422);
    const list = await keysOf(big.endpoint.id, "?limit=1");
    const busy = await statusOf({ kind: "delete_prefix", nodes: [big.endpoint.id], input, confirm: "a" });
    expect(busy).toMatchObject({
      status: 409,
      detail: expect.stringContaining("a metadump has been running since"),
    });
    await list.text();
    expect((await done({ kind: "lru_crawler_crawl", nodes: nodes(), input: {} })).state).toBe("done");
  });

  it("end when they are cancelled, and report their progress", async () => {
    const input = { prefix: "k", dryRun: false, perSecond: 2_000 };
    const { id } = await begin({ kind: "delete_prefix", nodes: [big.endpoint.id], input, confirm: "k" });
    await expect
      .poll(async () => (await readAction(id)).targets[0]?.after?.deleted ?? 0, { timeout: 20_000 })
      .toBeGreaterThan(0);
    await cancel(send(`/api/v1/actions/${id}/cancel`, {}), { params: Promise.resolve({ id }) });
    await expect.poll(async () => (await readAction(id)).state, { timeout: 20_000 }).toBe("cancelled");
    const items = async () => Number((await independentStats(big.endpoint, "text")).get("curr_items"));
    const left = await items();
    const [target] = (await readAction(id)).targets;
    expect(target).toMatchObject({ state: "failed", detail: expect.stringContaining("stopped early") });
    expect(left).toBe(200_070 - (target?.after?.deleted ?? 0));
    // A later action counts the remaining items: no more were deleted.
    const count = { kind: "delete_prefix", nodes: [big.endpoint.id], input: { prefix: "k" } };
    expect((await done(count)).targets[0]?.after).toMatchObject({ seen: left, matched: left - 70 });
    expect(await items()).toBe(left);
  });
});
