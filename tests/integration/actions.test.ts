import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type ActionRequest, Actions } from "@/lib/actions/perform";
import type { NodeClient } from "@/lib/memcached/contract";
import { createNodeClient } from "@/lib/memcached/node-client";
import type { Actor } from "@/lib/model/access";
import type { Action } from "@/lib/model/action";
import { NotFoundError } from "@/lib/model/errors";
import type { Role } from "@/lib/model/roles";
import { emptyValues, requiredSlot } from "@/lib/model/stats";
import { AuditLog } from "@/lib/store/audit-log";
import { type MemfleetStore, openMemfleetStore } from "@/lib/store/memfleet-store";
import { plainNode } from "../doubles/plain-node";
import { scriptedNode } from "../doubles/scripted-node";
import { type MemcachedMode, type MemcachedServer, startMemcached } from "../servers/memcached";

const CMD_FLUSH = requiredSlot("cmd_flush");
const DEADLINES = { connectTimeoutMs: 2_000, timeoutMs: 5_000 };

let directory: string;
let store: MemfleetStore;
let audit: AuditLog;
const clients = new Map<string, NodeClient>();
const servers: MemcachedServer[] = [];
const acted: string[] = [];
let actions: Actions;
let readOnly = false;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "memfleet-actions-"));
  store = await openMemfleetStore(directory);
});
afterAll(async () => {
  for (const client of clients.values()) client.close();
  await Promise.all(servers.map((server) => server.stop()));
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});
beforeEach(() => {
  acted.length = 0;
  begin(store);
});

function begin(over: Pick<MemfleetStore, "call">): void {
  audit = new AuditLog(over, Date.now);
  actions = new Actions({
    audit,
    target: (id) => {
      const client = clients.get(id);
      if (client === undefined) throw new NotFoundError(`no node named ${id} is configured`);
      const view = plainNode({ id, hitRatio: 0.5, getsPerSecond: 30, labels: { env: "production" } });
      return { id, client, view };
    },
    onActed: (node) => acted.push(node),
    readOnly: () => readOnly,
    nowMs: Date.now,
    onDefect: (error) => {
      throw error;
    },
  });
}

async function start(mode: MemcachedMode, args: readonly string[] = []): Promise<string> {
  const server = await startMemcached({ mode, args });
  servers.push(server);
  clients.set(server.endpoint.id, createNodeClient(server.endpoint, DEADLINES));
  return server.endpoint.id;
}

const actor = (role: Role): Actor => ({ name: `the ${role}`, role, via: "token" });
const flush = (node: string, more: Partial<ActionRequest> = {}): ActionRequest => ({
  ...{ kind: "flush_all", nodes: [node], input: {}, confirm: node, ...more },
});

async function ended(action: Action): Promise<Action> {
  for (let n = 0; n < 500 && actions.get(action.id).state === "running"; n++) await sleep(20);
  return actions.get(action.id);
}

async function flushesOf(node: string): Promise<number> {
  const values = emptyValues();
  await (clients.get(node) as NodeClient).poll(values);
  return values[CMD_FLUSH] as number;
}

describe("flush_all", () => {
  test.each(["plain", "sasl", "authfile", "tls", "unix", "ascii", "binary"] as const)(
    "on a node of the kind %s is sent once and proved by the node's own counter",
    async (mode) => {
      const node = await start(mode);
      const begun = await actions.begin(actor("operator"), flush(node));
      expect(begun.state).toBe("running");
      const action = await ended(begun);
      expect(action).toMatchObject({
        state: "done",
        actor: "the operator",
        targets: [{ node, state: "verified", before: { cmdFlush: 0 }, after: { cmdFlush: 1 } }],
      });
      expect(await flushesOf(node)).toBe(1);
      expect(acted).toEqual([node]);
      expect((await audit.find({ limit: 1 })).entries).toMatchObject([
        { kind: "flush_all", target: node, actor: "the operator", role: "operator", outcome: "done" },
      ]);
    },
  );

  test("is never sent to a node that was started with -F, and the refusal is kept", async () => {
    const node = await start("plain", ["-F"]);
    await expect(actions.begin(actor("admin"), flush(node))).rejects.toMatchObject({
      name: "CapabilityError",
    });
    await expect((clients.get(node) as NodeClient).flushAll()).rejects.toMatchObject({
      name: "CapabilityError",
    });
    expect(await flushesOf(node)).toBe(0);
    const [entry] = (await audit.find({ limit: 1 })).entries;
    expect(entry).toMatchObject({
      outcome: "refused",
      target: node,
      detail: expect.stringMatching(/switched it off/),
    });
    expect(actions.preview("flush_all", node)).toMatchObject({
      flushEnabled: false,
      lacking: "disabledBySetting",
    });
  });

  test.each([
    ["a viewer", "viewer", {}, "ForbiddenError"],
    ["another node's name as confirmation", "admin", { confirm: "127.0.0.1:1" }, "ConflictError"],
  ] as const)("with %s changes nothing, and the refusal is kept", async (_, role, more, name) => {
    const node = await start("plain");
    await expect(actions.begin(actor(role), flush(node, more))).rejects.toMatchObject({ name });
    expect(await flushesOf(node)).toBe(0);
    expect((await audit.find({ limit: 1 })).entries).toMatchObject([{ outcome: "refused", target: node }]);
  });

  test("is refused to an admin in read-only mode, whatever the route said before", async () => {
    const node = await start("plain");
    readOnly = true;
    try {
      await expect(actions.begin(actor("admin"), flush(node))).rejects.toMatchObject({
        name: "ForbiddenError",
      });
    } finally {
      readOnly = false;
    }
    expect(await flushesOf(node)).toBe(0);
  });

  test("of a node that is not configured is refused", async () => {
    await expect(actions.begin(actor("admin"), flush("127.0.0.1:1"))).rejects.toMatchObject({
      name: "NotFoundError",
    });
  });

  test("with the same idempotency key acts once, also after a restart; another action under it is a conflict", async () => {
    const [node, other] = [await start("plain"), await start("plain")];
    const first = await actions.begin(actor("admin"), flush(node, { idempotencyKey: "k" }));
    await ended(first);
    expect((await actions.begin(actor("admin"), flush(node, { idempotencyKey: "k" }))).id).toBe(first.id);
    begin(store);
    const again = await actions.begin(actor("admin"), flush(node, { idempotencyKey: "k" }));
    expect(again).toMatchObject({ id: first.id, state: "done" });
    await expect(actions.begin(actor("admin"), flush(other, { idempotencyKey: "k" }))).rejects.toMatchObject({
      name: "ConflictError",
    });
    expect([await flushesOf(node), await flushesOf(other)]).toEqual([1, 0]);
  });

  test("is told beforehand in numbers", async () => {
    const node = await start("plain");
    await clients.get(node)?.stats("settings");
    await clients.get(node)?.poll(emptyValues());
    expect(actions.preview("flush_all", node)).toMatchObject({
      confirm: node,
      production: true,
      hitsPerSecond: 15,
      flushEnabled: true,
      lacking: null,
    });
  });
});

describe("the audit", () => {
  test("has the intention before anything is sent: without a row nothing is", async () => {
    const scripted = scriptedNode("scripted", { cmd_flush: 0 });
    clients.set("scripted", scripted);
    begin({ call: () => Promise.reject(new Error("the disk is full")) });
    await expect(actions.begin(actor("admin"), flush("scripted"))).rejects.toThrow(/disk is full/);
    await sleep(50);
    expect(scripted.flushes).toBe(0);
  });

  test("says running while an action runs, and unknown after a crash before the outcome", async () => {
    const scripted = scriptedNode("slow", { cmd_flush: 0 });
    let release = () => {};
    scripted.hold = new Promise((resolve) => {
      release = resolve;
    });
    clients.set("slow", scripted);
    const action = await actions.begin(actor("admin"), flush("slow"));
    const outcome = async (log: AuditLog) => (await log.find({ node: "slow", limit: 1 })).entries[0]?.outcome;
    expect(await outcome(audit)).toBe("running");
    // Another process over the same rows: this is what a crash leaves.
    expect(await outcome(new AuditLog(store, Date.now))).toBe("unknown");
    release();
    await ended(action);
    expect(await outcome(new AuditLog(store, Date.now))).toBe("done");
  });

  test("keeps an intention and its outcome across restarts of the store", async () => {
    const own = mkdtempSync(join(tmpdir(), "memfleet-audit-"));
    const first = await openMemfleetStore(own);
    const log = new AuditLog(first, () => 1_000);
    const note = { actor: actor("admin"), kind: "flush_all", target: "n", input: { a: 1 } } as const;
    const kept = await log.intend(note);
    await log.outcome(kept.id, "failed", "no answer");
    await log.intend(note);
    await first.close();
    const second = await openMemfleetStore(own);
    const { entries } = await new AuditLog(second, () => 2_000).find({ limit: 10 });
    await second.close();
    rmSync(own, { recursive: true, force: true });
    expect(entries).toMatchObject([
      { outcome: "unknown", atMs: 1_000 },
      { outcome: "failed", detail: "no answer", input: { a: 1 }, role: "admin" },
    ]);
  });

  test("can be narrowed and paged through", async () => {
    const own = mkdtempSync(join(tmpdir(), "memfleet-audit-"));
    const ownStore = await openMemfleetStore(own);
    let nowMs = 0;
    const log = new AuditLog(ownStore, () => nowMs);
    for (const [n, target] of ["a", "b", "a", "b", "a"].entries()) {
      nowMs = n;
      await log.record(
        { actor: actor(n < 2 ? "admin" : "operator"), kind: "flush_all", target, input: {} },
        "done",
        "",
      );
    }
    const times = async (search: object) =>
      (await log.find({ limit: 10, ...search })).entries.map((entry) => entry.atMs);
    expect(await times({})).toEqual([4, 3, 2, 1, 0]);
    expect(await times({ node: "b" })).toEqual([3, 1]);
    expect(await times({ actor: "the admin" })).toEqual([1, 0]);
    expect(await times({ kind: "sign_in" })).toEqual([]);
    expect(await times({ fromMs: 1, toMs: 3 })).toEqual([2, 1]);
    const page = await log.find({ limit: 2 });
    expect(page.nextCursor).not.toBeNull();
    expect(await times({ limit: 2, cursor: page.nextCursor })).toEqual([2, 1]);
    expect((await log.find({ limit: 5 })).nextCursor).toBeNull();
    await expect(log.find({ limit: 1, cursor: "x" })).rejects.toMatchObject({ name: "InputError" });
    await ownStore.close();
    rmSync(own, { recursive: true, force: true });
  });
});
