import { describe, expect, it, vi } from "vitest";
import { STATS } from "@/lib/catalogue/stats";
import { NodeRecord } from "@/lib/collector/node-record";
import { prometheusView } from "@/lib/collector/prometheus-view";
import type { NodeClient } from "@/lib/memcached/contract";
import type { Runtime } from "@/lib/server/runtime";
import { fleetNode } from "@/tests/doubles/scripted-node";
import { metricsResponse } from "./prometheus";

const NODES = 2_000;
const AT = { monoMs: 1_000, wallMs: 1_000_000 };

/** Throws on every use: metrics are served without contacting nodes. */
const MUTE = new Proxy({} as NodeClient, {
  get(_, name) {
    throw new Error(`a node was accessed: ${String(name)}`);
  },
});

function runtimeOf(read: () => void): Runtime {
  const records = Array.from({ length: NODES }, (_, n) => {
    const record = new NodeRecord(fleetNode(`10.0.${n >> 8}.${n & 255}:11211`), MUTE);
    record.nextSample().set(STATS.map((_, slot) => slot + n));
    record.succeeded(AT, "1.6.18", 0.3);
    return record;
  });
  const runtime: Pick<Runtime, "prometheusNodes" | "ownMetrics"> = {
    prometheusNodes: () =>
      records.map((record) => {
        const figures = prometheusView(record, AT, 10_000);
        const sample = () => {
          read();
          return record.sample();
        };
        return { ...figures, sample };
      }),
    ownMetrics: async () => ({
      nodes: new Map([["up", NODES]]),
      pollIntervalSeconds: 10,
      polls: 1,
      pollFailures: new Map(),
      batches: 1,
      batchSeconds: 1,
      batchAtSeconds: 1,
      historyWritable: true,
      databases: new Map(),
      notices: new Map(),
      auditEntries: 0,
      actionsRunning: 0,
      startedAtSeconds: 1,
      residentBytes: 1,
      heapUsedBytes: 1,
      cpuSeconds: new Map(),
      eventLoopActiveSeconds: 1,
      eventLoopDelaySeconds: 0,
    }),
  };
  return runtime as Runtime;
}

const bodyOf = (reply: Response) => {
  if (reply.body === null) throw new Error("no body");
  return reply.body.getReader();
};

describe("/metrics of a large fleet", () => {
  it("is written as it is read, in small pieces, without contacting a node", async () => {
    let reads = 0;
    const reply = await metricsResponse(runtimeOf(() => reads++));
    expect(reply.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    const body = bodyOf(reply);
    expect(reads).toBe(0);
    await body.read();
    await body.read();
    const early = reads;
    for (let tick = 0; tick < 20; tick++) await new Promise(setImmediate);
    expect(reads).toBe(early);
    let longest = 0;
    let bytes = 0;
    for (let piece = await body.read(); !piece.done; piece = await body.read()) {
      longest = Math.max(longest, piece.value.length);
      bytes += piece.value.length;
    }
    expect(early).toBeLessThan(reads / 20);
    expect(bytes).toBeGreaterThan(100 * longest);
  });

  it("yields to other work between two pieces", async () => {
    const body = bodyOf(await metricsResponse(runtimeOf(() => {})));
    let pieces = 0;
    let ticks = 0;
    let over = false;
    const count = () => {
      ticks++;
      if (!over) setImmediate(count);
    };
    count();
    for (let piece = await body.read(); !piece.done; piece = await body.read()) pieces++;
    over = true;
    expect(ticks).toBeGreaterThanOrEqual(pieces);
  });

  it("stops when the reader disconnects", async () => {
    let reads = 0;
    const body = bodyOf(await metricsResponse(runtimeOf(() => reads++)));
    const log = vi.spyOn(process.stderr, "write");
    await body.read();
    const waiting = body.read();
    await body.cancel();
    const before = reads;
    for (let tick = 0; tick < 20; tick++) await new Promise(setImmediate);
    expect(reads).toBe(before);
    expect((await waiting).done).toBe(true);
    expect(log).not.toHaveBeenCalled();
    log.mockRestore();
  });
});
