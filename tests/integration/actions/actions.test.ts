import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { emptyValues } from "@/lib/catalogue/stats";
import type { NodeEndpoint } from "@/lib/memcached/contract";
import { AuditRecords } from "@/lib/records/audit";
import { openRecords } from "@/lib/records/open";
import { scriptedNode } from "../../doubles/scripted-node";
import { independentStats } from "../../servers/independent-stats";
import type { MemcachedMode } from "../../servers/memcached";
import { ActionHarness, actor, flushOf } from "./action-harness";

let harness: ActionHarness;

beforeAll(async () => {
  harness = await ActionHarness.open();
});
afterAll(() => harness.close());
beforeEach(() => {
  harness.reopen();
});

const newest = async () => (await harness.audit.find({ limit: 1 })).entries[0];

/** `cmd_flush` as another client reads it. */
async function flushesOf(endpoint: NodeEndpoint, protocol: "text" | "binary" = "text"): Promise<number> {
  return Number((await independentStats(endpoint, protocol)).get("cmd_flush"));
}

const MODES = [
  ["plain", "text"],
  ["sasl", "binary"],
  ["authfile", "text"],
  ["tls", "text"],
  ["unix", "text"],
  ["ascii", "text"],
  ["binary", "binary"],
] as const satisfies readonly (readonly [MemcachedMode, "text" | "binary"])[];

describe("flush_all", () => {
  test.each(MODES)(
    "on a node of the kind %s is sent once and proved by the node's own counter",
    async (mode, protocol) => {
      const endpoint = await harness.start(mode, [], mode);
      const node = endpoint.id;
      const begun = await harness.actions.begin(actor("operator"), flushOf([node]));
      expect(begun.state).toBe("running");
      const action = await harness.ended(begun.id);
      expect(action).toMatchObject({
        state: "done",
        actor: "the operator",
        input: { delaySeconds: 0, staggerSeconds: 0 },
        targets: [{ node, state: "verified", before: { cmdFlush: 0 }, after: { cmdFlush: 1 } }],
      });
      expect(await flushesOf(endpoint, protocol)).toBe(1);
      expect(harness.events).toMatchObject([{ node, actor: "the operator", action: begun.id }]);
      expect(await newest()).toMatchObject({
        kind: "flush_all",
        target: node,
        actor: "the operator",
        role: "operator",
        outcome: "done",
      });
    },
  );

  test("is never sent to a node that was started with -F, and the refusal is recorded", async () => {
    const endpoint = await harness.start("plain", ["-F"], "unflushable");
    const node = endpoint.id;
    await expect(harness.actions.begin(actor("admin"), flushOf([node]))).rejects.toMatchObject({
      name: "CapabilityError",
      message: expect.stringContaining(node),
    });
    await expect(harness.client(node).flushAll()).rejects.toMatchObject({ name: "CapabilityError" });
    expect(await flushesOf(endpoint)).toBe(0);
    expect(await newest()).toMatchObject({
      outcome: "refused",
      target: node,
      detail: expect.stringMatching(/switched it off/),
    });
    expect(harness.actions.preview({ kind: "flush_all", node: [node], dryRun: false })).toMatchObject({
      flushEnabled: false,
      nodes: [{ flushEnabled: false, lacking: "disabledBySetting" }],
    });
  });

  test.each([
    ["a viewer", "viewer", {}, "ForbiddenError"],
    ["another node's name as confirmation", "admin", { confirm: "127.0.0.1:1" }, "ConflictError"],
    ["no confirmation", "admin", { confirm: undefined }, "ConflictError"],
    ["a misspelt input", "admin", { input: { delay: 1 } }, "InputError"],
    ["a negative delay", "admin", { input: { delaySeconds: -1 } }, "InputError"],
  ] as const)("with %s changes nothing, and the refusal is recorded", async (_, role, more, name) => {
    const endpoint = await harness.start("plain");
    const request = flushOf([endpoint.id], more);
    await expect(harness.actions.begin(actor(role), request)).rejects.toMatchObject({ name });
    expect(await flushesOf(endpoint)).toBe(0);
    expect(await newest()).toMatchObject({ outcome: "refused", target: endpoint.id, role });
  });

  test("is refused to an admin in read-only mode, even if the route allowed it before", async () => {
    const endpoint = await harness.start("plain");
    harness.readOnly = true;
    try {
      await expect(harness.actions.begin(actor("admin"), flushOf([endpoint.id]))).rejects.toMatchObject({
        name: "ForbiddenError",
      });
    } finally {
      harness.readOnly = false;
    }
    expect(await flushesOf(endpoint)).toBe(0);
    expect(await newest()).toMatchObject({ outcome: "refused", target: endpoint.id });
  });

  test("that is requested while read-only mode is switched on sends nothing, also before the reload is announced", async () => {
    const endpoint = await harness.start("plain");
    const switching = {
      call: async (...[name, request]: Parameters<typeof harness.store.call>) => {
        if (name === "action.begin") harness.readOnly = true;
        return harness.store.call(name, request);
      },
    } as Pick<typeof harness.store, "call">;
    const actions = harness.reopen({}, switching);
    try {
      const { id } = await actions.begin(actor("admin"), flushOf([endpoint.id]));
      expect(await harness.ended(id)).toMatchObject({
        state: "cancelled",
        targets: [{ state: "cancelled" }],
      });
    } finally {
      harness.readOnly = false;
    }
    expect(await flushesOf(endpoint)).toBe(0);
  });

  test("can be paused and cancelled in read-only mode, and sends nothing meanwhile", async () => {
    const first = (await harness.start("plain", [], "staggered")).id;
    const second = await harness.start("plain", [], "staggered");
    const request = { ...flushOf([first, second.id]), confirm: "staggered", input: { staggerSeconds: 600 } };
    const { id } = await harness.actions.begin(actor("operator"), request);
    await harness.until(id, ({ targets }) => targets[0]?.state === "verified");
    harness.readOnly = true;
    try {
      expect((await harness.actions.pause(actor("operator"), id)).state).toBe("paused");
      await expect(harness.actions.resume(actor("admin"), id)).rejects.toMatchObject({
        name: "ForbiddenError",
      });
      await harness.actions.cancel(actor("operator"), id);
      expect(await harness.ended(id)).toMatchObject({ state: "cancelled" });
    } finally {
      harness.readOnly = false;
    }
    expect(await flushesOf(second)).toBe(0);
  });

  test.each([
    ["a node", { nodes: ["127.0.0.1:1"] }],
    ["a pool", { nodes: undefined, pool: "nowhere" }],
  ])("of %s that is not configured is refused", async (_, more) => {
    const request = { ...flushOf(["127.0.0.1:1"]), ...more };
    await expect(harness.actions.begin(actor("admin"), request)).rejects.toMatchObject({
      name: "NotFoundError",
    });
  });

  test("of a node named twice is refused", async () => {
    const { id } = await harness.start("plain");
    await expect(harness.actions.begin(actor("admin"), flushOf([id, id]))).rejects.toMatchObject({
      name: "InputError",
    });
  });

  test("is previewed in numbers", async () => {
    const { id } = await harness.start("plain", [], "told");
    harness.views.set(id, { pool: "told", labels: { env: "production" }, currItems: 12, bytes: 3_400 });
    await harness.client(id).stats("settings");
    await harness.client(id).poll(emptyValues());
    expect(harness.actions.preview({ kind: "flush_all", pool: "told", dryRun: false })).toMatchObject({
      confirm: id,
      production: true,
      hitsPerSecond: 15,
      items: 12,
      bytes: 3_400,
      flushEnabled: true,
      nodes: [{ node: id, lacking: null, hitsPerSecond: 15 }],
    });
  });
});

describe("an idempotency key", () => {
  test("acts once under 50 parallel requests", async () => {
    const endpoint = await harness.start("plain");
    const request = flushOf([endpoint.id], { idempotencyKey: "many" });
    const begun = await Promise.all(
      Array.from({ length: 50 }, () => harness.actions.begin(actor("admin"), request)),
    );
    expect(new Set(begun.map(({ id }) => id)).size).toBe(1);
    await harness.ended(begun[0]?.id ?? "");
    expect(await flushesOf(endpoint)).toBe(1);
  });

  test("persists across a restart; another action with it is a conflict, and another actor's is separate", async () => {
    const [one, other] = [await harness.start("plain"), await harness.start("plain")];
    const keyed = { idempotencyKey: "k" };
    const first = await harness.actions.begin(actor("admin"), flushOf([one.id], keyed));
    await harness.ended(first.id);
    expect((await harness.actions.begin(actor("admin"), flushOf([one.id], keyed))).id).toBe(first.id);
    harness.reopen();
    const again = await harness.actions.begin(actor("admin"), flushOf([one.id], keyed));
    expect(again).toMatchObject({ id: first.id, state: "done" });
    await harness.servers.get(one.id)?.freeze();
    expect((await harness.actions.begin(actor("admin"), flushOf([one.id], keyed))).id).toBe(first.id);
    harness.servers.get(one.id)?.thaw();
    const others = [flushOf([other.id], keyed), flushOf([one.id], { ...keyed, input: { delaySeconds: 5 } })];
    for (const request of others) {
      await expect(harness.actions.begin(actor("admin"), request)).rejects.toMatchObject({
        name: "ConflictError",
      });
    }
    expect([await flushesOf(one), await flushesOf(other)]).toEqual([1, 0]);
    const somebody = await harness.actions.begin(actor("operator"), flushOf([other.id], keyed));
    expect(somebody.id).not.toBe(first.id);
    await harness.ended(somebody.id);
  });
});

describe("the record of an action", () => {
  test("of an action is readable across restarts, newest first, by state and page", async () => {
    const { id: node } = await harness.start("plain");
    const ids: string[] = [];
    for (let n = 0; n < 3; n++) {
      const { id } = await harness.actions.begin(actor("admin"), flushOf([node]));
      ids.unshift((await harness.ended(id)).id);
    }
    const before = await harness.actions.get(ids[0] ?? "");
    harness.reopen();
    expect(await harness.actions.get(ids[0] ?? "")).toEqual(before);
    const page = await harness.actions.list({ state: "done", limit: 2 });
    expect(page.actions.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const next = await harness.actions.list({ state: "done", limit: 1, cursor: page.nextCursor ?? "" });
    expect(next.actions.map(({ id }) => id)).toEqual(ids.slice(2));
    expect((await harness.actions.list({ state: "paused", limit: 5 })).actions).toEqual([]);
    await expect(harness.actions.list({ limit: 1, cursor: "x" })).rejects.toMatchObject({
      name: "InputError",
    });
    for (const id of ["0", "x", "99999999"]) {
      await expect(harness.actions.get(id)).rejects.toMatchObject({ name: "NotFoundError" });
    }
  });

  test("of the audit has the intention before anything is sent: without a row nothing is sent", async () => {
    const scripted = scriptedNode("scripted", { cmd_flush: 0 });
    harness.clients.set("scripted", scripted);
    harness.reopen({}, { call: () => Promise.reject(new Error("the disk is full")) });
    await expect(harness.actions.begin(actor("admin"), flushOf(["scripted"]))).rejects.toThrow(
      /disk is full/,
    );
    // A later action is the only one that arrives.
    harness.reopen();
    await harness.ended((await harness.actions.begin(actor("admin"), flushOf(["scripted"]))).id);
    expect(scripted.flushes).toBe(1);
  });

  test("of a node is on disk before its command is sent: otherwise the action pauses until it can be written", async () => {
    const endpoint = await harness.start("plain");
    let full = true;
    const { store } = harness;
    harness.reopen(
      {},
      {
        call: (name, request) => {
          if (!full || name !== "action.save") return store.call(name, request);
          return Promise.reject(Object.assign(new Error("the disk is full"), { name: "UnavailableError" }));
        },
      },
    );
    const { id } = await harness.actions.begin(actor("admin"), flushOf([endpoint.id]));
    const paused = await harness.until(id, ({ state }) => state === "paused");
    expect(paused).toMatchObject({ detail: expect.stringContaining("the disk is full") });
    expect(paused.targets).toMatchObject([{ state: "pending", sentMs: null }]);
    expect(await flushesOf(endpoint)).toBe(0);
    full = false;
    await harness.actions.resume(actor("admin"), id);
    expect(await harness.ended(id)).toMatchObject({ state: "done", targets: [{ state: "verified" }] });
    expect(await flushesOf(endpoint)).toBe(1);
  });

  test("is running while an action runs, and unknown to another process", async () => {
    const scripted = scriptedNode("slow", { cmd_flush: 0 });
    let release = () => {};
    scripted.hold = new Promise((resolve) => {
      release = resolve;
    });
    harness.clients.set("slow", scripted);
    const action = await harness.actions.begin(actor("admin"), flushOf(["slow"]));
    const outcome = async (log: AuditRecords) =>
      (await log.find({ node: "slow", limit: 1 })).entries[0]?.outcome;
    expect(await outcome(harness.audit)).toBe("running");
    expect(await outcome(new AuditRecords(harness.store, Date.now))).toBe("unknown");
    release();
    await harness.ended(action.id);
    expect(await outcome(new AuditRecords(harness.store, Date.now))).toBe("done");
  });

  test("of an intention and its outcome survives restarts of the store", async () => {
    const own = mkdtempSync(join(tmpdir(), "memfleet-audit-"));
    const first = await openRecords(own);
    const log = new AuditRecords(first, () => 1_000);
    const note = { actor: actor("admin"), kind: "flush_all", target: "n", input: { a: 1 } } as const;
    const intended = await log.intend(note);
    await log.outcome(intended.id, "failed", "no answer");
    await log.intend(note);
    await first.close();
    const second = await openRecords(own);
    const { entries } = await new AuditRecords(second, () => 2_000).find({ limit: 10 });
    await second.close();
    rmSync(own, { recursive: true, force: true });
    expect(entries).toMatchObject([
      { outcome: "unknown", atMs: 1_000 },
      { outcome: "failed", detail: "no answer", input: { a: 1 }, role: "admin" },
    ]);
  });

  test("can be narrowed and paged through", async () => {
    const own = mkdtempSync(join(tmpdir(), "memfleet-audit-"));
    const ownStore = await openRecords(own);
    let nowMs = 0;
    const log = new AuditRecords(ownStore, () => nowMs);
    for (const [n, target] of ["a", "b", "a", "b", "a"].entries()) {
      nowMs = n;
      const nodes = n === 4 ? { target: "5 nodes", nodes: ["a", "c"] } : { target };
      const who = actor(n < 2 ? "admin" : "operator");
      await log.record({ actor: who, kind: "flush_all", ...nodes, input: { n } }, "done", `said 100%_${n}`);
    }
    const times = async (search: object) =>
      (await log.find({ limit: 10, ...search })).entries.map((entry) => entry.atMs);
    expect(await times({})).toEqual([4, 3, 2, 1, 0]);
    expect(await times({ node: "b" })).toEqual([3, 1]);
    expect(await times({ node: "a" })).toEqual([4, 2, 0]);
    expect(await times({ node: "c" })).toEqual([4]);
    expect(await times({ actor: "the admin" })).toEqual([1, 0]);
    expect(await times({ kind: "sign_in" })).toEqual([]);
    expect(await times({ fromMs: 1, toMs: 3 })).toEqual([2, 1]);
    expect(await times({ q: "100%_3" })).toEqual([3]);
    expect(await times({ q: "100__3" })).toEqual([]);
    expect(await times({ q: "THE OPER" })).toEqual([4, 3, 2]);
    expect(await times({ q: "5 nodes", kind: "flush_all" })).toEqual([4]);
    const page = await log.find({ limit: 2 });
    expect(page.nextCursor).not.toBeNull();
    expect(await times({ limit: 2, cursor: page.nextCursor })).toEqual([2, 1]);
    expect((await log.find({ limit: 5 })).nextCursor).toBeNull();
    await expect(log.find({ limit: 1, cursor: "x" })).rejects.toMatchObject({ name: "InputError" });
    await ownStore.close();
    rmSync(own, { recursive: true, force: true });
  });
});
