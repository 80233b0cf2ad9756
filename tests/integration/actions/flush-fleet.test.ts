import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { NodeEndpoint } from "@/lib/memcached/contract";
import type { Action } from "@/lib/model/actions/action.schema";
import { independentStats } from "../../servers/independent-stats";
import { rawText } from "../../servers/raw-text";
import { ActionHarness, actor, flushOf } from "./action-harness";

let harness: ActionHarness;

beforeEach(async () => {
  harness = await ActionHarness.open();
});
afterEach(() => harness.close());

const count = async (endpoint: NodeEndpoint, name: string) =>
  Number((await independentStats(endpoint, "text")).get(name));
const flushes = (endpoints: readonly NodeEndpoint[]) =>
  Promise.all(endpoints.map((endpoint) => count(endpoint, "cmd_flush")));
const statesOf = ({ targets }: Action) => targets.map(({ state }) => state);
const newest = async () => (await harness.audit.find({ limit: 1 })).entries[0];

async function startPool(size: number, args: readonly string[] = []): Promise<NodeEndpoint[]> {
  const pool: NodeEndpoint[] = [];
  for (let n = 0; n < size; n++) pool.push(await harness.start("plain", args));
  return pool;
}

async function fill(endpoint: NodeEndpoint, keys: number): Promise<void> {
  const commands = Array.from({ length: keys }, (_, n) => `set k${n} 0 0 1 noreply\r\nx\r\n`).join("");
  await rawText(endpoint, `${commands}version\r\n`, ["\r\n"]);
}

describe("flush_all on several nodes", () => {
  test("flushes each node of the pool once, and the audit is found by each of them", async () => {
    const pool = await startPool(3);
    await Promise.all(pool.map((endpoint) => fill(endpoint, 20)));
    const preview = harness.actions.preview({ kind: "flush_all", pool: "main", dryRun: false });
    expect(preview).toMatchObject({ confirm: "main", hitsPerSecond: 45 });
    const request = { kind: "flush_all", pool: "main", input: {}, confirm: "main" } as const;
    const action = await harness.ended((await harness.actions.begin(actor("operator"), request)).id);
    expect(action).toMatchObject({ state: "done", pool: "main", detail: "3 verified" });
    expect(statesOf(action)).toEqual(["verified", "verified", "verified"]);
    expect(await flushes(pool)).toEqual([1, 1, 1]);
    for (const endpoint of pool) {
      expect(await rawText(endpoint, "get k0\r\n")).toBe("END\r\n");
      const { entries } = await harness.audit.find({ node: endpoint.id, limit: 5 });
      expect(entries).toMatchObject([{ target: "main", outcome: "done", detail: "3 verified" }]);
    }
  });

  test("is confirmed by the pool's name, or by their number when they are of several pools", async () => {
    const [one, two] = [await harness.start("plain", [], "a"), await harness.start("plain", [], "b")];
    const nodes = [one.id, two.id];
    const preview = harness.actions.preview({ kind: "flush_all", node: nodes, dryRun: false });
    expect(preview.confirm).toBe("2 nodes");
    for (const confirm of [undefined, "a", one.id, "3 nodes"]) {
      const refused = harness.actions.begin(actor("admin"), flushOf(nodes, { confirm }));
      await expect(refused).rejects.toMatchObject({ name: "ConflictError" });
      expect(await newest()).toMatchObject({ outcome: "refused", target: "2 nodes" });
    }
    expect(await flushes([one, two])).toEqual([0, 0]);
    const { id } = await harness.actions.begin(actor("admin"), flushOf(nodes, { confirm: "2 nodes" }));
    await harness.ended(id);
    expect(await flushes([one, two])).toEqual([1, 1]);
  });

  test("skips nodes that are down or started with -F, with the reason, and sends them nothing", async () => {
    const [well] = await startPool(1);
    const unflushable = await harness.start("plain", ["-F"]);
    const down = await harness.start("plain");
    await harness.servers.get(down.id)?.kill();
    harness.views.set(down.id, { pool: "main", status: "down", statusReason: "connection refused" });
    const stopped = await harness.start("plain");
    await harness.servers.get(stopped.id)?.kill();
    const nodes = [unflushable.id, well?.id ?? "", down.id, stopped.id];
    const begun = await harness.actions.begin(actor("admin"), flushOf(nodes));
    const action = await harness.ended(begun.id);
    expect(action).toMatchObject({ state: "failed", detail: "1 verified, 3 skipped" });
    expect(action.targets).toMatchObject([
      { state: "skipped", detail: expect.stringMatching(/switched it off/) },
      { state: "verified" },
      { state: "skipped", detail: expect.stringMatching(/refused/) },
      { state: "skipped", detail: expect.stringMatching(/refused/) },
    ]);
    expect(await flushes([unflushable, ...(well ? [well] : [])])).toEqual([0, 1]);
    const none = harness.actions.begin(actor("admin"), flushOf([unflushable.id, down.id]));
    await expect(none).rejects.toMatchObject({ name: "CapabilityError" });
  });

  test("a staggered flush waits between nodes, pauses, resumes, and cancels unsent targets", async () => {
    const pool = await startPool(8);
    const nodes = pool.map(({ id }) => id);
    const { id } = await harness.actions.begin(
      actor("operator"),
      flushOf(nodes, { input: { staggerSeconds: 1 }, idempotencyKey: "rolling" }),
    );
    const planned = await harness.actions.get(id);
    const dues = planned.targets.flatMap(({ dueMs }, index) => (dueMs === null ? [] : [{ dueMs, index }]));
    expect(dues.length).toBeGreaterThanOrEqual(5);
    // All nodes after a late one are delayed with it.
    const lateMs = (dues[0]?.dueMs ?? 0) - planned.startedMs - (dues[0]?.index ?? 0) * 1_000;
    expect(lateMs).toBeGreaterThanOrEqual(0);
    for (const { dueMs, index } of dues) expect(dueMs).toBe(planned.startedMs + lateMs + index * 1_000);
    await harness.until(id, (action) => statesOf(action)[2] === "verified");
    const paused = await harness.actions.pause(actor("operator"), id);
    expect(paused).toMatchObject({ state: "paused", detail: "paused by the operator" });
    const sent = statesOf(paused).filter((state) => state !== "pending").length;
    const sum = async () => (await flushes(pool)).reduce((all, n) => all + n, 0);
    await expect.poll(sum).toBe(sent);
    // When the second node of a later action is due, the next node of the paused one would be done.
    for (let n = 0; n < 2; n++) await harness.start("plain", [], "others");
    const later = {
      kind: "flush_all",
      pool: "others",
      input: { staggerSeconds: 1 },
      confirm: "others",
    } as const;
    await harness.ended((await harness.actions.begin(actor("admin"), later)).id);
    expect(await sum()).toBe(sent);
    const resumedMs = Date.now();
    const resumed = await harness.actions.resume(actor("operator"), id);
    expect(resumed.state).toBe("running");
    const { dueMs, sentMs } = resumed.targets[sent] ?? {};
    expect(dueMs ?? sentMs).toBeGreaterThanOrEqual(resumedMs);
    await harness.until(id, (action) => statesOf(action)[sent] === "verified");
    await harness.actions.cancel(actor("operator"), id);
    const action = await harness.ended(id);
    expect(action).toMatchObject({
      state: "cancelled",
      detail: expect.stringMatching(/^cancelled by the operator: \d verified, \d cancelled$/),
    });
    const counted = await flushes(pool);
    expect(statesOf(action)).toEqual(counted.map((n) => (n === 1 ? "verified" : "cancelled")));
    expect(counted.filter((n) => n === 1).length).toBeGreaterThanOrEqual(sent + 1);
    expect(counted.at(-1)).toBe(0);
    action.targets.forEach(({ sentMs }, index) => {
      if (sentMs !== null) expect(sentMs).toBeGreaterThanOrEqual(action.startedMs + index * 1_000);
    });
    for (const command of ["pause", "resume", "cancel"] as const) {
      await expect(harness.actions[command](actor("operator"), id)).rejects.toMatchObject({
        name: "ConflictError",
      });
    }
    const { entries } = await harness.audit.find({ actor: "the operator", limit: 10 });
    expect(entries.map(({ kind, outcome }) => `${kind} ${outcome}`).sort()).toEqual([
      ...["action_cancel done", "action_cancel refused", "action_pause done", "action_pause refused"],
      ...["action_resume done", "action_resume refused", "flush_all cancelled"],
    ]);
    expect(await flushes(pool)).toEqual(counted);
  });

  test("ends with Memfleet: unsent targets are stored as cancelled", async () => {
    const pool = await startPool(3);
    const nodes = pool.map(({ id }) => id);
    const { id } = await harness.actions.begin(
      actor("admin"),
      flushOf(nodes, { input: { staggerSeconds: 600 } }),
    );
    await harness.until(id, (action) => statesOf(action)[0] === "verified");
    await harness.actions.stop();
    harness.reopen();
    expect(await harness.actions.get(id)).toMatchObject({
      state: "cancelled",
      targets: [
        { state: "verified" },
        { state: "cancelled", detail: "Memfleet stopped before sending", dueMs: null },
        { state: "cancelled" },
      ],
    });
    expect(await newest()).toMatchObject({ outcome: "cancelled" });
    expect(await flushes(pool)).toEqual([1, 0, 0]);
  });
});

describe("a delayed flush_all", () => {
  test("is done when accepted, is pending on the node, and replaces the previous one, with its time shown", async () => {
    const [endpoint] = await startPool(1);
    const node = endpoint?.id ?? "";
    const flush = async (delaySeconds: number) => {
      const request = flushOf([node], { input: { delaySeconds } });
      return harness.ended((await harness.actions.begin(actor("admin"), request)).id);
    };
    const first = await flush(3_600);
    expect(first).toMatchObject({ state: "done", targets: [{ state: "verified" }] });
    const pending = first.targets[0]?.after?.pendingFlushMs ?? Number.NaN;
    expect(Math.abs(pending - (Date.now() + 3_600_000))).toBeLessThan(5_000);
    const settings = await independentStats(endpoint as NodeEndpoint, "text", "settings");
    const general = await independentStats(endpoint as NodeEndpoint, "text");
    const ahead = Number(settings.get("oldest")) - (Number(general.get("uptime")) + 60);
    expect(Math.abs(ahead - 3_600)).toBeLessThanOrEqual(3);
    const second = await flush(60);
    expect(second.targets[0]?.detail).toContain(
      `replaces the flush that was pending for ${new Date(pending).toISOString().slice(0, 15)}`,
    );
    const third = await flush(0);
    expect(third).toMatchObject({ state: "done", targets: [{ after: { pendingFlushMs: null } }] });
    expect(await count(endpoint as NodeEndpoint, "cmd_flush")).toBe(3);
  });

  test("of a few seconds takes effect on its own", async () => {
    const [endpoint] = await startPool(1);
    await fill(endpoint as NodeEndpoint, 3);
    const request = flushOf([endpoint?.id ?? ""], { input: { delaySeconds: 6 } });
    await harness.ended((await harness.actions.begin(actor("admin"), request)).id);
    expect(await rawText(endpoint as NodeEndpoint, "get k1\r\n")).toContain("VALUE k1");
    await vi.waitFor(
      async () => expect(await rawText(endpoint as NodeEndpoint, "get k1\r\n")).toBe("END\r\n"),
      { timeout: 20_000, interval: 200 },
    );
  });
});

describe("the minute after", () => {
  const watchTimes = { forMs: 6_000, firstMs: 200, everyMs: 400 };

  test.each([
    ["with the LRU maintainer, curr_items falls within seconds", [], "yes", "fallWithinSeconds", 0],
    ["without it, curr_items stays", ["-o", "no_lru_maintainer"], "no", "fallWhenFetched", 50],
  ] as const)("%s, as previewed", async (_, args, setting, reported, items) => {
    const [endpoint] = await startPool(1, args);
    const node = endpoint?.id ?? "";
    await fill(endpoint as NodeEndpoint, 50);
    const settings = await independentStats(endpoint as NodeEndpoint, "text", "settings");
    expect(settings.get("lru_maintainer_thread")).toBe(setting);
    harness.views.set(node, { pool: "main", version: settings.get("version") ?? "1.6.18" });
    harness.reopen({ watchTimes, lruMaintainer: () => setting === "yes" });
    const preview = harness.actions.preview({ kind: "flush_all", node: [node], dryRun: false });
    expect(preview.nodes[0]?.itemsAfterwards).toBe(reported);
    // Items stored in the very second of the flush would outlive it.
    const stored = await count(endpoint as NodeEndpoint, "time");
    await vi.waitFor(
      async () => expect(await count(endpoint as NodeEndpoint, "time")).toBeGreaterThan(stored + 1),
      { timeout: 20_000, interval: 50 },
    );
    const { id } = await harness.actions.begin(actor("admin"), flushOf([node]));
    const ended = await harness.ended(id);
    expect(ended.watchedUntilMs).toBeGreaterThan(ended.endedMs ?? Number.NaN);
    const run = harness.actions.activeRun(id);
    await run?.finished;
    const { after, before } = (await harness.actions.get(id)).targets[0] ?? {};
    expect(before?.currItems).toBe(50);
    expect(after?.currItems).toBe(items);
    expect(after?.currItems).toBe(await count(endpoint as NodeEndpoint, "curr_items"));
    expect(after?.reclaimed).toBe(await count(endpoint as NodeEndpoint, "reclaimed"));
    if (reported === "fallWithinSeconds") return;
    await rawText(endpoint as NodeEndpoint, "get k0\r\nget k1\r\nversion\r\n", ["\r\n"]);
    await vi.waitFor(
      async () => expect(await count(endpoint as NodeEndpoint, "curr_items")).toBe(48),
      20_000,
    );
    expect(await count(endpoint as NodeEndpoint, "get_flushed")).toBe(2);
  });
});

describe("a flush that waits for hit ratios", () => {
  const watchTimes = { forMs: 1_000, firstMs: 100, everyMs: 300 };
  const input = { waitForHitRatio: 0.8, waitAtMostSeconds: 60 };

  /** Traffic that hits on this node until it is stopped. */
  function serve(endpoint: NodeEndpoint): { warm: () => void; end: () => Promise<void> } {
    let going = true;
    let warm = false;
    const run = (async () => {
      while (going) {
        const key = warm ? "set k0 0 0 1 noreply\r\nx\r\n" : "";
        await rawText(endpoint, `${key}get k0\r\nget k0\r\nget k0\r\nversion\r\n`, ["VERSION 1.6.18\r\n"]);
        await sleep(20);
      }
    })();
    return {
      warm: () => {
        warm = true;
      },
      end: async () => {
        going = false;
        await run;
      },
    };
  }

  test("resumes only once the flushed node has recovered its hit ratio", async () => {
    const pool = await startPool(2);
    for (const { id } of pool) harness.views.set(id, { pool: "main", hitRatio: 0.9 });
    harness.reopen({ watchTimes });
    const traffic = serve(pool[0] as NodeEndpoint);
    const nodes = pool.map(({ id }) => id);
    const { id } = await harness.actions.begin(actor("admin"), flushOf(nodes, { input }));
    const waiting = await harness.until(
      id,
      (action) => statesOf(action)[0] === "verified" && action.targets[0]?.after?.hitRatio === 0,
    );
    expect(waiting).toMatchObject({
      state: "running",
      detail: expect.stringMatching(/waiting until .* 72%/),
    });
    // Looked at again and again, it is still cold: the other one waits.
    for (let reads = 0; reads < 4; reads++) {
      const lookedMs = (await harness.actions.get(id)).targets[0]?.after?.atMs ?? Number.NaN;
      await harness.until(id, ({ targets }) => (targets[0]?.after?.atMs ?? 0) > lookedMs);
    }
    expect(await flushes(pool)).toEqual([1, 0]);
    traffic.warm();
    const ended = await harness.ended(id);
    await traffic.end();
    expect(ended).toMatchObject({ state: "done" });
    expect(await flushes(pool)).toEqual([1, 1]);
  });

  test("pauses by itself when that takes too long, gives the reason, and can be resumed", async () => {
    const pool = await startPool(2);
    for (const { id } of pool) harness.views.set(id, { pool: "main", hitRatio: 0.9 });
    harness.reopen({ watchTimes });
    const traffic = serve(pool[0] as NodeEndpoint);
    const request = flushOf(
      pool.map(({ id }) => id),
      { input: { ...input, waitAtMostSeconds: 1 } },
    );
    const { id } = await harness.actions.begin(actor("admin"), request);
    const paused = await harness.until(id, ({ state }) => state === "paused");
    await traffic.end();
    expect(paused.detail).toMatch(/hit ratio of .* is 0%, and did not recover to 72% in time/);
    expect(await flushes(pool)).toEqual([1, 0]);
    await harness.actions.resume(actor("admin"), id);
    expect((await harness.ended(id)).state).toBe("done");
    expect(await flushes(pool)).toEqual([1, 1]);
  });
});
