/** The routes of actions over a running Memfleet and real nodes, and its detection of external flushes. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { POST as cancel } from "@/app/api/v1/actions/[id]/cancel/route";
import { GET as events } from "@/app/api/v1/actions/[id]/events/route";
import { POST as pause } from "@/app/api/v1/actions/[id]/pause/route";
import { POST as resume } from "@/app/api/v1/actions/[id]/resume/route";
import { GET as getAction } from "@/app/api/v1/actions/[id]/route";
import { GET as getPreview } from "@/app/api/v1/actions/preview/route";
import { POST as act, GET as list } from "@/app/api/v1/actions/route";
import { GET as getAudit } from "@/app/api/v1/audit/route";
import {
  type Action,
  actionPreviewSchema,
  actionSchema,
  actionsSchema,
} from "@/lib/model/actions/action.schema";
import { type Audit, auditSchema } from "@/lib/model/actions/audit.schema";
import type { Marker } from "@/lib/model/series.schema";
import { Runtime, setRuntime } from "@/lib/server/runtime";
import { asToken, authOfEveryRole } from "../../e2e/people";
import { independentStats } from "../../servers/independent-stats";
import { type MemcachedServer, startMemcached } from "../../servers/memcached";
import { rawText } from "../../servers/raw-text";

const HOST = "127.0.0.1:34998";
const JSON_TYPE = { "content-type": "application/json" };

let directory: string;
let runtime: Runtime;
let settings: Record<string, unknown>;
const servers: MemcachedServer[] = [];
const variable = process.env.MEMFLEET_CONFIG;
const defects: unknown[] = [];

const start = async () => {
  runtime = await Runtime.start((error) => defects.push(error));
  setRuntime(runtime);
};
const write = (more: object = {}) =>
  writeFile(join(directory, "memfleet.yaml"), JSON.stringify({ ...settings, ...more }));

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "memfleet-action-routes-"));
  for (let n = 0; n < 3; n++) servers.push(await startMemcached({ mode: "plain" }));
  const nodes = servers.map(({ endpoint }) => endpoint.id);
  settings = {
    listen: HOST,
    dataDir: join(directory, "data"),
    poll: { interval: "1s", timeout: "900ms" },
    auth: await authOfEveryRole(),
    pools: [{ name: "main", servers: nodes }],
  };
  await write();
  process.env.MEMFLEET_CONFIG = join(directory, "memfleet.yaml");
  await start();
  await vi.waitFor(() => expect(runtime.nodes().every(({ status }) => status === "up")).toBe(true), 20_000);
});
afterAll(async () => {
  await runtime?.close();
  if (variable === undefined) delete process.env.MEMFLEET_CONFIG;
  else process.env.MEMFLEET_CONFIG = variable;
  await Promise.all(servers.map((server) => server.stop()));
  await rm(directory, { recursive: true, force: true });
  expect(defects).toEqual([]);
});

const node = (index: number) => (servers[index] as MemcachedServer).endpoint;
const params = (id = "") => ({ params: Promise.resolve({ id }) });
const request = (path: string, headers: Record<string, string>, body?: unknown) => {
  const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  return new Request(`http://${HOST}/api/v1/${path}`, { ...init, headers: { host: HOST, ...headers } });
};
const operator = asToken("operator");
const post = (body: unknown, headers: Record<string, string> = operator) =>
  act(request("actions", { ...JSON_TYPE, ...headers }, body), params());
const steer = (command: typeof pause, id: string, headers: Record<string, string> = operator) =>
  command(
    new Request(`http://${HOST}/api/v1/actions/${id}`, {
      method: "POST",
      headers: { host: HOST, ...headers },
    }),
    params(id),
  );
const flushes = () =>
  Promise.all(
    servers.map(async ({ endpoint }) => Number((await independentStats(endpoint, "text")).get("cmd_flush"))),
  );
const audit = async (query = ""): Promise<Audit> =>
  auditSchema.parse(await (await getAudit(request(`audit?${query}`, operator), params())).json());
const read = async (id: string): Promise<Action> =>
  actionSchema.parse(await (await getAction(request(`actions/${id}`, operator), params(id))).json());
const until = async (id: string, enough: (action: Action) => boolean): Promise<Action> => {
  await vi.waitFor(async () => expect(enough(await read(id))).toBe(true), { timeout: 25_000, interval: 50 });
  return read(id);
};
const flushOf = (index: number, more: object = {}) => ({
  kind: "flush_all",
  nodes: [node(index).id],
  confirm: node(index).id,
  ...more,
});
const markers = async (index: number): Promise<Marker[]> => {
  const series = await runtime.series({ metric: ["curr_items"], node: [node(index).id] });
  return series.markers.filter(({ kind }) => kind === "flush" || kind === "action");
};

test("a viewer, an anonymous user, a share, another origin and read-only mode flush nothing", async () => {
  const before = await flushes();
  const attempts: [string, number, Record<string, string>][] = [
    ["a viewer", 403, asToken("viewer")],
    ["an anonymous user", 401, {}],
    [
      "a share",
      401,
      { authorization: `Bearer ${"A".repeat(22)}`, cookie: `memfleet-share-34998=${"A".repeat(22)}` },
    ],
    ["another origin", 403, { ...operator, origin: "http://evil.test", "sec-fetch-site": "cross-site" }],
    ["another origin alone", 403, { ...asToken("admin"), origin: "http://evil.test" }],
  ];
  for (const [who, status, headers] of attempts) {
    expect((await post(flushOf(0), headers)).status, who).toBe(status);
    for (const command of [pause, resume, cancel])
      expect((await steer(command, "1", headers)).status).toBe(status);
  }
  const [entry] = (await audit()).entries;
  expect(entry).toMatchObject({
    kind: "flush_all",
    actor: "viewer-token",
    role: "viewer",
    target: node(0).id,
    outcome: "refused",
  });
  expect((await post(flushOf(0, { confirm: "main" }))).status).toBe(409);
  expect((await audit()).entries[0]).toMatchObject({ actor: "operator-token", outcome: "refused" });
  await write({ readOnly: true });
  await vi.waitFor(() => expect(runtime.configuration.readOnly).toBe(true), 10_000);
  expect((await post(flushOf(0), asToken("admin"))).status).toBe(405);
  await write();
  await vi.waitFor(() => expect(runtime.configuration.readOnly).toBe(false), 10_000);
  expect(await flushes()).toEqual(before);
});

test("readOnly by reload while a staggered flush runs: the unsent is cancelled, cancel and pause stay allowed", async () => {
  const before = await flushes();
  const started = await post({
    kind: "flush_all",
    pool: "main",
    confirm: "main",
    input: { staggerSeconds: 5 },
  });
  const { id } = actionSchema.parse(await started.json());
  await until(id, ({ targets }) => targets[0]?.state === "verified");
  await write({ readOnly: true });
  const action = await until(id, ({ endedMs }) => endedMs !== null);
  expect(action).toMatchObject({ state: "cancelled", detail: expect.stringContaining("read-only mode") });
  expect(action.targets.map(({ state }) => state)).toEqual(["verified", "cancelled", "cancelled"]);
  expect(await flushes()).toEqual([(before[0] ?? 0) + 1, before[1], before[2]]);
  expect((await audit()).entries[0]).toMatchObject({ kind: "flush_all", outcome: "cancelled" });
  // Allowed by the mode; the action has ended.
  for (const command of [pause, cancel]) expect((await steer(command, id)).status).toBe(409);
  expect((await steer(resume, id)).status).toBe(405);
  await write();
  await vi.waitFor(() => expect(runtime.configuration.readOnly).toBe(false), 10_000);
});

test("a pool is previewed, flushed one after the other, followed, paused, resumed and cancelled", async () => {
  const before = await flushes();
  const requested = await getPreview(request("actions/preview?kind=flush_all&pool=main", operator), params());
  const preview = actionPreviewSchema.parse(await requested.json());
  expect(preview).toMatchObject({ confirm: "main", production: false, flushEnabled: true });
  expect(preview.nodes.map(({ itemsAfterwards }) => itemsAfterwards)).toEqual(
    Array(3).fill("fallWithinSeconds"),
  );
  const answer = await post({
    kind: "flush_all",
    pool: "main",
    input: { staggerSeconds: 2 },
    confirm: "main",
  });
  expect(answer.status).toBe(202);
  const { id } = actionSchema.parse(await answer.json());
  const stream = await events(request(`actions/${id}/events`, operator), params(id));
  expect(stream.headers.get("content-type")).toContain("text/event-stream");
  const heard = listen(stream);
  await until(id, ({ targets }) => targets[0]?.state === "verified");
  const paused = await steer(pause, id);
  expect(actionSchema.parse(await paused.json())).toMatchObject({
    state: "paused",
    detail: "paused by operator-token",
  });
  await vi.waitFor(() => expect(heard.states.at(-1)).toBe("paused"), 5_000);
  const running = await list(request("actions?state=paused", operator), params());
  expect(actionsSchema.parse(await running.json()).actions.map((action) => action.id)).toEqual([id]);
  await steer(resume, id);
  await until(id, ({ targets }) => targets[1]?.state === "verified");
  const cancelled = await steer(cancel, id);
  expect(actionSchema.parse(await cancelled.json())).toMatchObject({ state: "cancelled" });
  expect((await steer(cancel, id)).status).toBe(409);
  const after = await flushes();
  expect(after.map((count, index) => count - (before[index] ?? 0))).toEqual([1, 1, 0]);
  expect((await read(id)).targets.map(({ state }) => state)).toEqual(["verified", "verified", "cancelled"]);
  await vi.waitFor(() => expect(heard.states.at(-1)).toBe("cancelled"), 5_000);
  expect(heard.names[0]).toBe("action");
  expect(heard.states).toEqual(expect.arrayContaining(["running", "paused", "cancelled"]));
  heard.leave();
  const { entries } = await audit(`node=${encodeURIComponent(node(2).id)}&kind=flush_all&limit=1`);
  expect(entries).toMatchObject([{ target: "main", outcome: "cancelled" }]);
  const file = await getAudit(request("audit?download=json&q=MAIN", operator), params());
  expect(file.headers.get("content-disposition")).toContain("memfleet-audit.json");
  expect(auditSchema.parse(await file.json()).entries.every(({ target }) => target === "main")).toBe(true);
  const csv = await getAudit(request("audit?download=csv", operator), params());
  expect(csv.headers.get("content-type")).toContain("text/csv");
});

test("a shutdown stores unsent targets as cancelled, also of a paused action, and ends streams", async () => {
  const before = await flushes();
  const body = { kind: "flush_all", pool: "main", input: { staggerSeconds: 600 }, confirm: "main" };
  const { id } = actionSchema.parse(await (await post(body)).json());
  const heard = listen(await events(request(`actions/${id}/events`, operator), params(id)));
  await until(id, ({ targets }) => targets[0]?.state === "verified");
  await steer(pause, id);
  await runtime.close();
  await heard.ended;
  await start();
  expect(await read(id)).toMatchObject({
    state: "cancelled",
    targets: [
      { state: "verified" },
      { state: "cancelled", detail: "Memfleet stopped before sending" },
      { state: "cancelled" },
    ],
  });
  expect((await read(id)).watchedUntilMs).toBeLessThanOrEqual(Date.now());
  expect((await audit("kind=flush_all&limit=1")).entries).toMatchObject([{ outcome: "cancelled" }]);
  expect((await flushes()).map((count, index) => count - (before[index] ?? 0))).toEqual([1, 0, 0]);
});

test("the author of a flush is known, marked once, and remembered after a restart of Memfleet", async () => {
  const id = node(2).id;
  await vi.waitFor(() => expect(runtime.nodes().every(({ status }) => status === "up")).toBe(true), 20_000);
  await rawText(node(2), "flush_all\r\n", ["OK\r\n"]);
  const foreign = { ours: false, actor: null, actionId: null };
  await vi.waitFor(() => expect(runtime.node(id)?.lastFlushBy).toEqual(foreign), 10_000);
  expect((await markers(2)).map(({ kind, text }) => `${kind}: ${text}`)).toEqual([
    "flush: flush_all received, not from Memfleet",
  ]);
  const begun = actionSchema.parse(await (await post(flushOf(2))).json());
  await until(begun.id, ({ endedMs }) => endedMs !== null);
  const ours = { ours: true, actor: "operator-token", actionId: begun.id };
  await vi.waitFor(() => expect(runtime.node(id)?.lastFlushBy).toEqual(ours), 10_000);
  // Another poll or two would bring a second marker, were there one.
  for (let polls = 0; polls < 2; polls++) {
    const polledMs = runtime.node(id)?.atMs ?? Number.NaN;
    await vi.waitFor(() => expect(runtime.node(id)?.atMs).toBeGreaterThan(polledMs), 10_000);
  }
  expect((await markers(2)).map(({ kind, text }) => `${kind}: ${text}`)).toEqual([
    "flush: flush_all received, not from Memfleet",
    `action: flush_all (operator-token, action ${begun.id})`,
  ]);
  await runtime.close();
  await start();
  await vi.waitFor(() => expect(runtime.node(id)?.lastFlushBy).toEqual(ours), 10_000);
  expect((await read(begun.id)).state).toBe("done");
  await runtime.close();
  await rawText(node(2), "flush_all\r\n", ["OK\r\n"]);
  await start();
  await vi.waitFor(() => expect(runtime.node(id)?.lastFlushMs).not.toBeNull(), 10_000);
  expect(runtime.node(id)?.lastFlushBy).toBeNull();
});

test("a delayed flush is shown as pending at once, with its author, and marked when it takes effect", async () => {
  const id = node(1).id;
  const before = (await markers(1)).length;
  const answer = await post(flushOf(1, { input: { delaySeconds: 8 } }));
  const begun = actionSchema.parse(await answer.json());
  const done = await until(begun.id, ({ endedMs }) => endedMs !== null);
  expect(done.state).toBe("done");
  const ours = { ours: true, actor: "operator-token", actionId: begun.id };
  await vi.waitFor(() => expect(runtime.node(id)?.pendingFlushMs).not.toBeNull(), 5_000);
  await vi.waitFor(() => expect(runtime.node(id)?.pendingFlushBy).toEqual(ours), 5_000);
  const dueMs = runtime.node(id)?.pendingFlushMs ?? Number.NaN;
  // The node took the command between the start and the end, and tells its time to the second or two.
  expect(dueMs).toBeGreaterThan(done.startedMs + 8_000 - 4_000);
  expect(dueMs).toBeLessThan((done.endedMs ?? 0) + 8_000 + 4_000);
  await vi.waitFor(() => expect(runtime.node(id)?.pendingFlushMs).toBeNull(), 15_000);
  await vi.waitFor(async () => expect((await markers(1)).length).toBe(before + 2), 5_000);
  const fired = (await markers(1)).find(({ text }) => text.startsWith("delayed"));
  expect(fired).toMatchObject({ kind: "action", text: expect.stringContaining(`action ${begun.id}`) });
  expect(fired?.atMs).toBeGreaterThan(dueMs - 4_000);
  expect(runtime.node(id)?.lastFlushBy).toEqual(ours);
});

/** The events of an action's stream. */
function listen(stream: Response): {
  names: string[];
  states: string[];
  leave: () => void;
  ended: Promise<void>;
} {
  const names: string[] = [];
  const states: string[] = [];
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
  const hear = async () => {
    let text = "";
    for (;;) {
      const { done = true, value = "" } = (await reader?.read()) ?? {};
      if (done) return;
      text += value;
      for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
        const [, name = "", data = "null"] = /^event: (\w+)\ndata: (.*)$/.exec(text.slice(0, end)) ?? [];
        text = text.slice(end + 2);
        if (name !== "") names.push(name);
        if (name === "action" || name === "progress") states.push((JSON.parse(data) as Action).state);
      }
    }
  };
  const hearing = hear();
  return { names, states, ended: hearing, leave: () => void reader?.cancel().then(() => hearing) };
}
