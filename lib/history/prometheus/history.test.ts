import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { PbfReader } from "pbf";
import { uncompress } from "snappyjs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sweepOf } from "@/tests/history/contract-suite";
import { createPrometheusHistory, type PrometheusHistory, type PrometheusHistoryOptions } from "./history";

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const START = Date.UTC(2026, 0, 5, 10, 0, 0);
const EMPTY = JSON.stringify({ status: "success", data: { resultType: "matrix", result: [] } });

let received: Received[] = [];
let answer: (request: Received, response: ServerResponse) => void;
const server = createServer(async (request: IncomingMessage, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const one = { path: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks) };
  received.push(one);
  answer(one, response);
});
let base: string;
let opened: PrometheusHistory[] = [];

beforeEach(async () => {
  received = [];
  answer = ({ path }, response) => response.end(path.includes("/query") ? EMPTY : "");
  if (!server.listening) await once(server.listen(0, "127.0.0.1"), "listening");
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  for (const history of opened) await history.close();
  opened = [];
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function open(options: Partial<PrometheusHistoryOptions> = {}): PrometheusHistory {
  const history = createPrometheusHistory({
    queryUrl: base,
    writeUrl: `${base}/api/v1/write`,
    headers: {},
    timeoutMs: 5_000,
    buffer: { ageMs: 600_000, bytes: 1_000_000 },
    externalLabels: {},
    intervalMs: 10_000,
    onDefect: (error) => {
      throw error;
    },
    ...options,
  });
  opened.push(history);
  return history;
}

type Sample = readonly [labels: Record<string, string>, value: number, atMs: number];

/** A write request read by the protocol's own description, order of labels included. */
function decoded(body: Buffer): Sample[] {
  const samples: Sample[] = [];
  new PbfReader(uncompress(new Uint8Array(body))).readFields((tag, _, reader) => {
    expect(tag).toBe(1);
    const labels: [string, string][] = [];
    const points: [number, number][] = [];
    const end = reader.readVarint() + reader.pos;
    reader.readFields(
      (field) => {
        const texts = ["", ""];
        const point: [number, number] = [Number.NaN, Number.NaN];
        const fieldEnd = reader.readVarint() + reader.pos;
        reader.readFields(
          (inner) => {
            if (field === 1) texts[inner - 1] = reader.readString();
            else if (inner === 1) point[0] = reader.readDouble();
            else point[1] = reader.readVarint(true);
          },
          null,
          fieldEnd,
        );
        if (field === 1) labels.push(texts as [string, string]);
        else points.push(point);
      },
      null,
      end,
    );
    const names = labels.map(([name]) => name);
    expect(names).toEqual([...names].sort());
    for (const [value, atMs] of points) samples.push([Object.fromEntries(labels), value, atMs]);
  }, null);
  return samples;
}

const sweepAt = (atMs: number, values: Record<string, number> = { get_hits: 7 }, elapsedSeconds = 10) =>
  sweepOf({ atMs, nodes: new Map([["a:1", { elapsedSeconds, values }]]) });
const queryOnce = (history: PrometheusHistory) =>
  history.query({
    nodes: ["a:1"],
    stats: ["get_hits"],
    fromMs: START,
    toMs: START + 60_000,
    stepMs: 10_000,
    combine: "each",
  });

async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 20_000; Date.now() < end; await sleep(20)) if (condition()) return;
  throw new Error("it did not come to that");
}

describe("what is written", { timeout: 60_000 }, () => {
  it("is every known value, by node and stat, with the time of the batch", async () => {
    const history = open({ externalLabels: { zone: "tokyo", cluster: "one", Area: "x", job: "m" } });
    await history.append(
      sweepAt(START, { get_hits: 7, bytes: 0.25, uptime: 99, pid: 3, evictions: Number.NaN }),
    );
    await history.settled();
    const common = { Area: "x", cluster: "one", instance: "a:1", job: "m", zone: "tokyo" };
    const found = received.flatMap(({ body }) => decoded(body));
    expect(found).toHaveLength(4);
    expect(found).toEqual(
      expect.arrayContaining([
        [{ ...common, __name__: "memfleet_stat_difference", stat: "elapsed_seconds" }, 10, START],
        [{ ...common, __name__: "memfleet_stat_difference", stat: "get_hits" }, 7, START],
        [{ ...common, __name__: "memfleet_stat_level", stat: "bytes" }, 0.25, START],
        [{ ...common, __name__: "memfleet_stat_level", stat: "uptime" }, 99, START],
      ]),
    );
  });

  it("is sent as remote write 1.0 requires, with the configured headers", async () => {
    const history = open({ headers: { "X-Scope-OrgID": "team", authorization: "Bearer canary" } });
    await history.mark([{ atMs: START, node: 'a"1', kind: "restart", text: "pid 1 became 2" }]);
    await history.settled();
    expect(received).toHaveLength(1);
    expect(received[0]?.headers).toMatchObject({
      "content-type": "application/x-protobuf",
      "content-encoding": "snappy",
      "x-prometheus-remote-write-version": "0.1.0",
      "x-scope-orgid": "team",
      authorization: "Bearer canary",
    });
    const labels = { __name__: "memfleet_marker", instance: 'a"1', kind: "restart", text: "pid 1 became 2" };
    expect(decoded(received[0]?.body ?? Buffer.of())).toEqual([[labels, 1, START]]);
  });

  it.each([
    ["Prometheus", "", "/api/v1/write", "/api/v1/query_range"],
    [
      "a VictoriaMetrics cluster",
      "/select/0/prometheus",
      "/insert/0/prometheus/api/v1/write",
      "/select/0/prometheus/api/v1/query_range",
    ],
    ["Mimir", "/prometheus", "/api/v1/push", "/prometheus/api/v1/query_range"],
  ])("goes to the addresses of %s", async (_name, query, write, readUrl) => {
    const headers = { "X-Scope-OrgID": "team" };
    const history = open({ queryUrl: base + query, writeUrl: base + write, headers });
    await history.append(sweepAt(START));
    await history.settled();
    await queryOnce(history);
    expect(received.map(({ path }) => path)).toEqual([write, readUrl]);
    expect(received.map((one) => one.headers["x-scope-orgid"])).toEqual(["team", "team"]);
    const form = new URLSearchParams(received[1]?.body.toString());
    expect(form.get("start")).toBe("2026-01-05T10:00:09.999Z");
    expect(form.get("end")).toBe("2026-01-05T10:00:59.999Z");
    expect(form.get("step")).toBe("10000ms");
    expect(form.get("query")).toContain('instance="a:1"');
  });
});

describe("what cannot be written", { timeout: 60_000 }, () => {
  it("is buffered and written once each when the engine is back", async () => {
    let down = true;
    answer = (_, response) => {
      response.statusCode = down ? 503 : 204;
      response.end("starting up");
    };
    const history = open();
    for (let index = 0; index < 5; index++) await history.append(sweepAt(START + index * 10_000));
    await until(() => history.health().problem !== null);
    expect(history.health()).toMatchObject({ writable: true });
    expect(history.health().problem).toMatch(/status 503 \(starting up\)\. 5 batches are waiting in memory/);
    received = [];
    down = false;
    await until(() => received.length === 5);
    await history.settled();
    const moments = received.flatMap(({ body }) => decoded(body)).map(([, , atMs]) => atMs);
    expect(new Set(moments)).toEqual(new Set([0, 1, 2, 3, 4].map((index) => START + index * 10_000)));
    expect(moments).toHaveLength(10);
    expect(history.health()).toEqual({ writable: true, problem: null, sinceMs: null });
  });

  it("is dropped oldest first beyond the buffer, counted, and reported", async () => {
    answer = (_, response) => response.destroy();
    const history = open({ buffer: { ageMs: 30_000, bytes: 1_000_000 } });
    for (let index = 0; index < 10; index++) await history.append(sweepAt(START + index * 10_000));
    await until(() => history.health().problem !== null);
    expect(history.health().writable).toBe(false);
    expect(history.health().problem).toMatch(/4 batches are waiting in memory; 6 older ones were dropped/);
    received = [];
    answer = (_, response) => response.end();
    await until(() => received.length === 4);
    await history.settled();
    const moments = received.flatMap(({ body }) => decoded(body)).map(([, , atMs]) => atMs);
    expect(Math.min(...moments)).toBe(START + 60_000);
  });

  it("uses no more memory than the buffer, however long the engine is unavailable", async () => {
    answer = (_, response) => response.destroy();
    const history = open({ buffer: { ageMs: Number.POSITIVE_INFINITY, bytes: 100_000 } });
    const nodes = new Map(
      Array.from({ length: 50 }, (_, index) => [
        `10.0.0.${index}:11211`,
        { elapsedSeconds: 10, values: { get_hits: Math.random(), bytes: Math.random() } },
      ]),
    );
    for (let index = 0; index < 60; index++) {
      await history.append(sweepOf({ atMs: START + index * 10_000, nodes }));
      await sleep(1);
    }
    await until(() => /dropped/.test(history.health().problem ?? ""));
    const [, waiting] = /(\d+) batches are waiting/.exec(history.health().problem ?? "") ?? [];
    // A batch holds some 100 random numbers of 8 bytes that no packing makes smaller.
    expect(Number(waiting)).toBeGreaterThan(0);
    expect(Number(waiting)).toBeLessThanOrEqual(100_000 / 800);
  });

  it("is dropped when the engine rejects it permanently, and later batches are written", async () => {
    answer = (_, response) => {
      response.statusCode = 400;
      response.end("out of bounds\n");
    };
    const history = open();
    await history.append(sweepAt(START));
    await history.settled();
    expect(history.health().writable).toBe(false);
    expect(history.health().problem).toMatch(/rejected samples: status 400 \(out of bounds\)\. 2 samples/);
    answer = (_, response) => response.end();
    received = [];
    await history.append(sweepAt(START + 10_000));
    await history.settled();
    expect(received).toHaveLength(1);
  });

  it("is buffered while the sign-in is refused", async () => {
    let status = 401;
    answer = (_, response) => {
      response.statusCode = status;
      response.end();
    };
    const history = open();
    await history.append(sweepAt(START));
    await until(() => history.health().problem !== null);
    expect(history.health().problem).toMatch(/status 401\. 1 batches are waiting/);
    status = 200;
    await until(() => history.health().problem === null);
    expect(received.length).toBeGreaterThan(1);
  });
});

describe("a remote write that is answered by something else", { timeout: 60_000 }, () => {
  it.each([
    ["a sign-in page", 200, "text/html; charset=utf-8", "<!DOCTYPE html><title>Sign in</title>"],
    ["a page without a type", 200, "", "\n <html><body>It works!</body></html>"],
    ["an XHTML page", 200, "application/xhtml+xml", "<?xml version='1.0'?><html/>"],
    ["an accepted page", 202, "text/html", "queued"],
  ])("does not count as written: %s", async (_, status, type, page) => {
    answer = (_request, response) => {
      response.statusCode = status;
      if (type !== "") response.setHeader("content-type", type);
      response.end(page);
    };
    const history = open();
    await history.append(sweepAt(START));
    await until(() => history.health().problem !== null);
    expect(history.health().problem).toMatch(
      /a web page was received \(HTTP status 20\d\).*1 batches are waiting/,
    );
    const refused = received.length;
    answer = (_request, response) => {
      response.statusCode = 204;
      response.end();
    };
    await history.settled();
    expect(received.length).toBeGreaterThan(refused);
    expect(decoded(received.at(-1)?.body ?? Buffer.alloc(0)).length).toBeGreaterThan(0);
    expect(history.health().problem).toBeNull();
  });

  it("counts as written with the replies of real receivers, which have no body or a short text", async () => {
    const replies: [number, string, string][] = [
      [204, "", ""],
      [200, "", ""],
      [202, "text/plain", "accepted"],
      [200, "application/json", '{"status":"success"}'],
    ];
    for (const [status, type, body] of replies) {
      answer = (_request, response) => {
        response.statusCode = status;
        if (type !== "") response.setHeader("content-type", type);
        response.end(body);
      };
      const history = open();
      await history.append(sweepAt(START));
      await history.settled();
      expect(history.health().problem, `${status} ${body}`).toBeNull();
    }
  });
});

describe("what cannot be read", { timeout: 60_000 }, () => {
  it.each([
    [
      "an error in words",
      422,
      JSON.stringify({ status: "error", error: "too many samples" }),
      /too many samples/,
    ],
    ["a page of a proxy", 502, "<html>Bad gateway</html>", /status 502/],
    ["no JSON", 200, "hello", /not JSON/],
    [
      "JSON of another kind",
      200,
      JSON.stringify({ status: "success", data: { result: [{}] } }),
      /not a list/,
    ],
    ["a redirect", 302, "", /status 302/],
  ])("reports why: %s", async (_name, status, body, why) => {
    answer = (_, response) => {
      response.statusCode = status;
      if (status === 302) response.setHeader("location", `${base}/elsewhere`);
      response.end(body);
    };
    const history = open();
    await expect(queryOnce(history)).rejects.toMatchObject({
      name: "UnavailableError",
      message: expect.stringMatching(why),
    });
    expect(history.health().problem).toMatch(why);
    expect(received).toHaveLength(1);
    answer = (_, response) => response.end(EMPTY);
    await queryOnce(history);
    expect(history.health().problem).toBeNull();
  });

  it("ends when the time limit passes, and reports it without the secrets", async () => {
    answer = () => {};
    const headers = { authorization: "Bearer canary" };
    const history = open({ timeoutMs: 200, headers, queryUrl: `${base}/a` });
    await expect(queryOnce(history)).rejects.toThrow(/no response within 200 ms/);
    expect(JSON.stringify(history.health())).not.toContain("canary");
  });
});
