import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { badgeOf } from "@/lib/access/share-badge";
import { Shares } from "@/lib/access/shares";
import type { Configuration, FleetNode } from "@/lib/config/contract";
import type { Actor } from "@/lib/model/access.schema";
import { NotFoundError } from "@/lib/model/errors";
import type { SeriesQuery } from "@/lib/model/http/queries";
import type { Node } from "@/lib/model/node/node.schema";
import { SHARE_FIELDS } from "@/lib/model/share";
import { type ShareInput, shareInputSchema, shareStatusSchema } from "@/lib/model/share.schema";
import { DAY_MS } from "@/lib/model/time";
import { AuditRecords } from "@/lib/records/audit";
import { openRecords, type RecordsStore } from "@/lib/records/open";
import { createShareSource } from "@/lib/server/share-data";
import { plainNode } from "../../doubles/plain-node";

const HOST = "cache-7.internal";
const ID = `${HOST}:11211`;
const OPERATOR: Actor = { name: "bob", role: "operator", via: "password" };
const OTHER: Actor = { name: "carol", role: "operator", via: "password" };
const ADMIN: Actor = { name: "alice", role: "admin", via: "password" };

let directory: string;
let store: RecordsStore;
let audit: AuditRecords;
let shares: Shares;
let clockMs: number;
let node: Node;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "memfleet-shares-"));
  store = await openRecords(directory);
  clockMs = 1_800_000_000_000;
  node = plainNode({
    id: ID,
    pool: "main",
    version: "1.6.18",
    hitRatio: 0.75,
    getsPerSecond: 10,
    bytes: 10,
    limitMaxbytes: 40,
    currConnections: 3,
    statusSinceMs: 5,
    atMs: clockMs,
  });
  audit = new AuditRecords(store, () => clockMs);
  const fleet = {
    configuration: {
      nodes: [{ id: ID, pool: "main" }],
      pools: [{ name: "main" }],
    } as unknown as Configuration,
    directory: {
      node: (id: string) => {
        if (id === ID) return node;
        throw new NotFoundError(`no node named ${id} is configured`);
      },
      members: (pool: string) => {
        if (pool === "main") return [{ id: ID, pool }] as unknown as FleetNode[];
        throw new NotFoundError(`no pool named ${pool} is configured`);
      },
    },
    node: (id: string) => (id === ID ? node : null),
    series: async (query: SeriesQuery) => ({
      metric: query.metric[0] as string,
      unit: "ratio" as const,
      metrics: query.metric.map((metric) => ({ metric, unit: "ratio" as const })),
      fromMs: Number(query.from),
      toMs: Number(query.to),
      stepMs: 1_000,
      atMs: [1],
      series: query.metric.map((metric) => ({ metric, node: ID, pool: "main", values: [0.5] })),
      markers: [
        { atMs: 1, node: ID, kind: "down" as const, text: `connect ${HOST} refused, was 1.6.18` },
        { atMs: 2, node: ID, kind: "finding" as const, text: "udp-answers: ok → critical" },
      ],
    }),
  };
  shares = new Shares(store, audit, createShareSource(fleet), () => clockMs);
  return async () => {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  };
});

const make = (input: Partial<ShareInput> = {}, actor = OPERATOR) =>
  shares.make(actor, shareInputSchema.parse({ nodes: [ID], ...input }));
async function statusOf(token: string, unlocked: string | null = null) {
  const opened = await shares.open(token, unlocked);
  if (opened === null || opened.locked) throw new Error("not open");
  return opened.status;
}

describe("a share link", () => {
  test("has 128 random bits, which are nowhere on the disk", async () => {
    const { token } = await make();
    expect(Buffer.from(token, "base64url")).toHaveLength(16);
    for (const file of readdirSync(directory)) {
      expect(readFileSync(join(directory, file)).includes(token), file).toBe(false);
    }
    expect(new Set(await Promise.all([1, 2, 3, 4].map(async () => (await make()).token))).size).toBe(4);
  });

  test("shows a fixed list of fields, each only when it was ticked", async () => {
    const all = await statusOf((await make({ fields: [...SHARE_FIELDS] })).token);
    expect(shareStatusSchema.strict().parse(all)).toEqual(all);
    expect(all.nodes).toEqual([
      {
        name: ID,
        status: "up",
        statusSinceMs: 5,
        version: "1.6.18",
        hitRatio: 0.75,
        bytes: 10,
        limitMaxbytes: 40,
        currConnections: 3,
        maxConnections: 1_024,
      },
    ]);
    const none = await statusOf((await make({ fields: [] })).token);
    expect(none.nodes).toEqual([
      {
        name: ID,
        status: "up",
        statusSinceMs: 5,
        version: null,
        hitRatio: null,
        bytes: null,
        limitMaxbytes: null,
        currConnections: null,
        maxConnections: null,
      },
    ]);
    expect(none).toMatchObject({
      series: null,
      markers: [],
      summary: { hitRatio: null, bytes: null, up: 1 },
    });
    expect(JSON.stringify(none)).not.toContain("1.6.18");
  });

  test("reveals neither the version nor findings through a marker", async () => {
    const status = await statusOf((await make()).token);
    expect(status.markers).toHaveLength(1);
    expect(JSON.stringify(status)).not.toContain("1.6.18");
  });

  test("does not contain redacted hosts and addresses", async () => {
    const status = await statusOf((await make({ fields: [...SHARE_FIELDS], redact: true })).token);
    expect(JSON.stringify(status)).not.toContain(HOST);
    expect(badgeOf(status)).not.toContain(HOST);
    expect(status.nodes[0]?.name).toBe("node 1");
    expect(status.series?.series[0]?.node).toBe("node 1");
  });

  test("is live, or frozen", async () => {
    const [live, frozen] = [await make({ mode: "live" }), await make({ mode: "frozen" })];
    node = { ...node, status: "down", hitRatio: null };
    clockMs += DAY_MS;
    expect((await statusOf(live.token)).nodes[0]).toMatchObject({ status: "down", hitRatio: null });
    const still = await statusOf(frozen.token);
    expect(still.nodes[0]).toMatchObject({ status: "up", hitRatio: 0.75 });
    expect(still).toMatchObject({
      frozenMs: expect.any(Number),
      servedMs: clockMs,
      series: expect.anything(),
    });
  });

  test("of a pool follows the pool", async () => {
    expect(await statusOf((await make({ nodes: undefined, pool: "main" })).token)).toMatchObject({
      pool: "main",
      nodes: [{ name: ID }],
    });
    await expect(make({ nodes: undefined, pool: "none" })).rejects.toMatchObject({ name: "NotFoundError" });
    await expect(make({ nodes: ["127.0.0.1:1"] })).rejects.toMatchObject({ name: "NotFoundError" });
  });

  test("ends after 7 days by default, and after 90 at most", async () => {
    const { token, expiresMs } = await make();
    expect(expiresMs).toBe(clockMs + 7 * DAY_MS);
    clockMs += 7 * DAY_MS - 1;
    expect(await shares.open(token, null)).not.toBeNull();
    clockMs += 1;
    expect(await shares.open(token, null)).toBeNull();
    for (const expiresInSeconds of [3_599, 90 * 86_400 + 1]) {
      expect(shareInputSchema.safeParse({ nodes: [ID], expiresInSeconds }).success).toBe(false);
    }
  });

  test("gives the same response when it is unknown, expired or revoked", async () => {
    const expired = await make({ expiresInSeconds: 3_600 });
    clockMs += 3_600_000;
    const revoked = await make({ password: "p" });
    await shares.revoke(OPERATOR, revoked.id);
    for (const token of [expired.token, revoked.token, "A".repeat(22), "", "../etc"]) {
      expect(await shares.open(token, null)).toBeNull();
      expect(await shares.unlock(token, "p", "192.0.2.1")).toBeNull();
    }
  });

  test("is revoked by its creator or an admin, immediately, and that is recorded", async () => {
    const [first, second] = [await make(), await make()];
    await expect(shares.revoke(OTHER, first.id)).rejects.toMatchObject({ name: "ForbiddenError" });
    expect(await shares.open(first.token, null)).not.toBeNull();
    await shares.revoke(OPERATOR, first.id);
    await shares.revoke(ADMIN, second.id);
    expect([await shares.open(first.token, null), await shares.open(second.token, null)]).toEqual([
      null,
      null,
    ]);
    const { entries } = await audit.find({ kind: "share_revoke", limit: 5 });
    expect(entries.map(({ actor, outcome }) => [actor, outcome])).toEqual([
      ["alice", "done"],
      ["bob", "done"],
      ["carol", "refused"],
    ]);
    expect((await audit.find({ kind: "share_create", limit: 1 })).entries).toMatchObject([
      { actor: "bob", target: second.id, outcome: "done" },
    ]);
    expect(JSON.stringify(await audit.find({ limit: 50 }))).not.toContain(second.token);
  });

  test("is listed with its uses, without its token", async () => {
    const { id, token } = await make({ label: "for the team" });
    await shares.open(token, null, true);
    await shares.open(token, null, true);
    const list = await shares.list(OTHER);
    expect(list).toMatchObject([
      { id, label: "for the team", createdBy: "bob", uses: 2, lastUsedMs: clockMs, mayRevoke: false },
    ]);
    expect(JSON.stringify(list)).not.toContain(token);
  });
});

describe("a share link with a password", () => {
  test("opens with the password alone, and only in the browser that gave it", async () => {
    const { token } = await make({ password: "open sesame" });
    expect(await shares.open(token, null)).toEqual({ locked: true });
    await expect(shares.unlock(token, "wrong", "192.0.2.1")).rejects.toMatchObject({
      name: "ForbiddenError",
    });
    const key = await shares.unlock(token, "open sesame", "192.0.2.1");
    expect(await shares.open(token, key)).toMatchObject({ locked: false });
    expect(await shares.open(token, `${key}x`)).toEqual({ locked: true });
    const other = await make({ password: "open sesame" });
    expect(await shares.open(other.token, key)).toEqual({ locked: true });
  });

  test("blocks a client that guesses, and nobody else", async () => {
    const { token } = await make({ password: "open sesame" });
    const names: string[] = [];
    for (let n = 0; n < 12; n++) {
      await shares.unlock(token, "wrong", "192.0.2.1").catch((error: Error) => names.push(error.name));
    }
    expect(names.slice(-2)).toEqual(["TooManyError", "TooManyError"]);
    expect(await shares.unlock(token, "open sesame", "192.0.2.2")).not.toBeNull();
  });
});

test("a badge contains only text, whatever the label", async () => {
  const { token } = await make({ label: `"><script>alert(1)</script>&\u0000` });
  const badge = badgeOf(await statusOf(token));
  expect(badge).toContain("up · 75.0% hits · 25.0% memory");
  expect(badge).not.toContain("<script");
  expect(badge).not.toContain("\u0000");
});
