/** A node whose host is a name: real servers at several loopback addresses, and a resolver that the test controls. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { RunContext, Target } from "@/lib/actions/contract";
import { runPrefix } from "@/lib/actions/prefix/run";
import { emptyValues, requiredSlot } from "@/lib/catalogue/stats";
import { Collector } from "@/lib/collector/collector";
import type { BulkDeleteKind, NodeClient, NodeEndpoint } from "@/lib/memcached/contract";
import { timeToConnect } from "@/lib/memcached/inspect/latency";
import { roundTrip } from "@/lib/memcached/inspect/round-trip";
import { createNodeClient } from "@/lib/memcached/node-client";
import type { Marker } from "@/lib/model/series.schema";
import { plainNode } from "@/tests/doubles/plain-node";
import { freePort } from "@/tests/servers/free-port";
import { independentStats } from "@/tests/servers/independent-stats";
import { type MemcachedServer, startMemcached } from "@/tests/servers/memcached";
import { numbered, storeItems } from "@/tests/servers/stored-items";

const names = vi.hoisted(() => ({ addresses: [] as string[], failure: null as string | null, asked: 0 }));

vi.mock("node:dns/promises", async (original) => ({
  ...(await original<typeof import("node:dns/promises")>()),
  lookup: async () => {
    names.asked++;
    if (names.failure !== null) throw Object.assign(new Error(names.failure), { code: names.failure });
    return names.addresses.map((address) => ({ address, family: 4 }));
  },
}));

const FIRST = "127.0.0.1";
const SECOND = "127.0.0.2";
const DEADLINES = { timeoutMs: 4_000, connectTimeoutMs: 2_000 };
const POLL = { ...DEADLINES, intervalMs: 500, concurrency: 4 };

let servers: Record<string, MemcachedServer>;
let endpoint: NodeEndpoint;
let client: NodeClient;
const closed: (() => void)[] = [];

beforeEach(async () => {
  const port = await freePort();
  const [first, second] = await Promise.all(
    [FIRST, SECOND].map((host) => startMemcached({ mode: "plain", host, port })),
  );
  servers = { [FIRST]: first as MemcachedServer, [SECOND]: second as MemcachedServer };
  Object.assign(names, { addresses: [FIRST], failure: null, asked: 0 });
  const address = { kind: "tcp", host: "cache.test", port } as const;
  endpoint = { id: `cache.test:${port}`, address, protocol: "auto", credentials: null, tls: null };
  client = createNodeClient(endpoint, DEADLINES);
});

afterEach(async () => {
  client.close();
  for (const close of closed.splice(0)) close();
  await Promise.all(Object.values(servers).map((server) => server.stop()));
});

async function stat(ip: string, name: string): Promise<number> {
  const server = servers[ip] as MemcachedServer;
  return Number((await independentStats(server.endpoint, "text")).get(name));
}

/** The pid that a poll, a stats group, a key command, a session, and a diagnosis reach. */
async function reachedPids(): Promise<number[]> {
  const values = emptyValues();
  await client.poll(values);
  const general = new Map(await client.stats("general"));
  const before = await Promise.all([FIRST, SECOND].map((ip) => stat(ip, "cmd_set")));
  await client.withKeys((keys) =>
    keys.store(Buffer.from("k"), Buffer.from("v"), { mode: "set", flags: 0, exptime: 0 }),
  );
  const session = await client.openSession();
  await session.set("s", Buffer.from("v"), 0);
  session.close();
  await roundTrip(endpoint, DEADLINES, { key: "r", value: "v", exptimeSeconds: 5 });
  const after = await Promise.all([FIRST, SECOND].map((ip) => stat(ip, "cmd_set")));
  const sets = after.map((count, index) => count - (before[index] ?? 0));
  const pids = [FIRST, SECOND].map((ip) => servers[ip]?.pid ?? 0);
  const stored = sets.flatMap((count, index) => new Array<number>(count).fill(pids[index] ?? 0));
  return [values[requiredSlot("pid")] as number, Number(general.get("pid")), ...stored];
}

describe("a node whose host is a name", () => {
  it("is one server for polls, stats, keys, sessions, and diagnostics, before and after the name moves", async () => {
    expect(new Set(await reachedPids())).toEqual(new Set([servers[FIRST]?.pid]));
    names.addresses = [SECOND];
    await client.withKeys((keys) => keys.exists(Buffer.from("k")));
    const pids = await reachedPids();
    expect(pids).toHaveLength(5);
    expect(new Set(pids)).toEqual(new Set([servers[SECOND]?.pid]));
  });

  it("is flushed at the address that the name has now, and nowhere else", async () => {
    await client.poll(emptyValues());
    names.addresses = [SECOND];
    await client.flushAll();
    expect([await stat(FIRST, "cmd_flush"), await stat(SECOND, "cmd_flush")]).toEqual([0, 1]);
  });

  it("is resolved again while it is only polled, and changes over with a marker and no difference across", async () => {
    const markers: Marker[] = [];
    const steps: number[] = [];
    const collector = new Collector({
      poll: POLL,
      history: {
        append: async ({ entries }) => {
          for (const { values } of entries) steps.push(values[requiredSlot("cmd_set")] as number);
        },
        mark: async (some) => void markers.push(...some),
      },
      connect: createNodeClient,
      clock: () => ({ monoMs: performance.now(), wallMs: Date.now() }),
      onDefect: (error) => {
        throw error;
      },
    });
    closed.push(() => collector.close());
    // The second server has counted more: a difference across would be 50.
    const other = createNodeClient((servers[SECOND] as MemcachedServer).endpoint, DEADLINES);
    const session = await other.openSession();
    for (let index = 0; index < 50; index++) await session.set("k", Buffer.from("v"), 0);
    session.close();
    other.close();
    collector.setNodes([{ id: endpoint.id, pool: "main", labels: {}, endpoint }]);
    collector.start();
    await expect.poll(() => steps.length).toBeGreaterThan(1);
    names.addresses = [SECOND];
    await expect.poll(() => markers.length).toBe(1);
    expect(markers[0]).toMatchObject({ kind: "moved", text: `${FIRST} to ${SECOND}`, node: endpoint.id });
    const seen = steps.length;
    await expect.poll(() => steps.length).toBeGreaterThan(seen + 1);
    expect(steps.filter((step) => step > 0)).toEqual([]);
    expect(collector.get(endpoint.id)?.sample()[requiredSlot("pid")]).toBe(servers[SECOND]?.pid);
    expect(collector.get(endpoint.id)?.status).toBe("up");
  });

  it("ends a session to the old address when the name moves", async () => {
    await client.poll(emptyValues());
    const session = await client.openSession();
    names.addresses = [SECOND];
    await client.withKeys((keys) => keys.exists(Buffer.from("k")));
    expect(session.ended).not.toBeNull();
  });

  it("loses no keys of the server that it moves to, when keys of the old one are being deleted", async () => {
    for (const server of Object.values(servers)) await storeItems(server.endpoint, numbered("k", 100));
    const moving: Target = {
      id: endpoint.id,
      view: plainNode({ id: endpoint.id }),
      open: () => client,
      client: Object.create(client, {
        bulkDelete: {
          value: (kind: BulkDeleteKind) => {
            names.addresses = [SECOND];
            return client.bulkDelete(kind);
          },
        },
      }),
    };
    const context: RunContext = {
      nowMs: Date.now,
      signal: new AbortController().signal,
      multiNode: false,
      progress: () => {},
    };
    const request = {
      prefix: Buffer.from("k"),
      dryRun: false,
      perSecond: 10_000,
      removal: { kind: "delete" },
    } as const;
    const result = await runPrefix(moving, request, context);
    expect(result).toMatchObject({ verified: false, after: { deleted: 0 } });
    expect(result.detail).toContain("has another address since its keys were listed");
    expect([await stat(FIRST, "curr_items"), await stat(SECOND, "curr_items")]).toEqual([100, 100]);
  });

  it("keeps to one of several addresses, whatever order the resolver gives, and says so", async () => {
    names.addresses = [FIRST, SECOND];
    expect(new Set(await reachedPids())).toEqual(new Set([servers[FIRST]?.pid]));
    names.addresses = [SECOND, FIRST];
    expect(new Set(await reachedPids())).toEqual(new Set([servers[FIRST]?.pid]));
    expect(client.addressInUse()).toEqual({ ip: FIRST, others: [SECOND] });
  });

  it("goes over to another of its addresses, for everything, when the one in use fails", async () => {
    names.addresses = [FIRST, SECOND];
    await client.poll(emptyValues());
    await servers[FIRST]?.kill();
    const values = emptyValues();
    const { ip } = await client.poll(values);
    expect([ip, values[requiredSlot("pid")]]).toEqual([SECOND, servers[SECOND]?.pid]);
    await servers[FIRST]?.restart();
    expect(new Set(await reachedPids())).toEqual(new Set([servers[SECOND]?.pid]));
    expect(client.addressInUse()).toEqual({ ip: SECOND, others: [FIRST] });
  });

  it("is still polled while the resolver does not answer, but no action is sent to it", async () => {
    await client.poll(emptyValues());
    names.failure = "EAI_AGAIN";
    await expect(client.flushAll()).rejects.toMatchObject({ reason: "nameNotFound" });
    await expect(client.poll(emptyValues())).resolves.toMatchObject({ ip: FIRST });
    expect(await stat(FIRST, "cmd_flush")).toBe(0);
  });

  it("is not reached at an address that cannot be a node", async () => {
    names.addresses = [FIRST, "169.254.169.254"];
    await expect(client.poll(emptyValues())).rejects.toMatchObject({ reason: "unreachable" });
  });

  it("is resolved once for many requests at the same time", async () => {
    await Promise.all(Array.from({ length: 20 }, () => timeToConnect(endpoint, DEADLINES)));
    expect(names.asked).toBeLessThanOrEqual(3);
  });
});
