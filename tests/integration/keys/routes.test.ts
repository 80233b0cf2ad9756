/** The routes of keys and values over a running Memfleet and real nodes. What Next adds is tested in the browser suite. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GET as getAction } from "@/app/api/v1/actions/[id]/route";
import { POST as act } from "@/app/api/v1/actions/route";
import { GET as getKey } from "@/app/api/v1/nodes/[node]/keys/[key]/route";
import { GET as getValue } from "@/app/api/v1/nodes/[node]/keys/[key]/value/route";
import { GET as getOwner } from "@/app/api/v1/pools/[pool]/owner/route";
import { type Action, actionSchema } from "@/lib/model/actions/action.schema";
import { keyItemSchema, keyOwnerSchema } from "@/lib/model/node/keys.schema";
import { Runtime, setRuntime } from "@/lib/server/runtime";
import { type MemcachedServer, startMemcached } from "../../servers/memcached";
import { rawText } from "../../servers/raw-text";
import { type RecordingNode, startRecordingNode } from "../../servers/recording-node";

const MEGABYTE = 1_048_576;
const HOST = "127.0.0.1:34999";

let directory: string;
let runtime: Runtime;
let plain: MemcachedServer;
let sasl: MemcachedServer;
let other: MemcachedServer;
let recording: RecordingNode;
const variable = process.env.MEMFLEET_CONFIG;
const defects: unknown[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "memfleet-routes-"));
  [plain, sasl, other] = await Promise.all([
    startMemcached({ mode: "plain", args: ["-I", "4m"] }),
    startMemcached({ mode: "sasl" }),
    startMemcached({ mode: "plain" }),
  ]);
  recording = await startRecordingNode("text");
  const { username, password } = sasl.endpoint.credentials ?? { username: "", password: "" };
  const file = join(directory, "memfleet.yaml");
  await writeFile(join(directory, "password"), password);
  const settings = {
    listen: HOST,
    dataDir: join(directory, "data"),
    poll: { interval: "60s", timeout: "20s" },
    pools: [
      { name: "main", hashing: "ketama", servers: [plain.endpoint.id, other.endpoint.id] },
      {
        name: "protected",
        servers: [sasl.endpoint.id],
        auth: { sasl: { username, passwordFile: join(directory, "password") } },
      },
      { name: "recording", servers: [recording.endpoint.id], protocol: "text" },
    ],
  };
  await writeFile(file, JSON.stringify(settings));
  process.env.MEMFLEET_CONFIG = file;
  runtime = await Runtime.start((error) => defects.push(error));
  setRuntime(runtime);
});
afterAll(async () => {
  await runtime?.close();
  if (variable === undefined) delete process.env.MEMFLEET_CONFIG;
  else process.env.MEMFLEET_CONFIG = variable;
  await Promise.all([plain?.stop(), sasl?.stop(), other?.stop(), recording?.close()]);
  await rm(directory, { recursive: true, force: true });
  expect(defects).toEqual([]);
});

function request(path: string, headers: Record<string, string> = {}, body?: string): Request {
  const init = body === undefined ? {} : { method: "POST", body };
  return new Request(`http://${HOST}${path}`, { ...init, headers: { host: HOST, ...headers } });
}

function keyOf(server: { endpoint: { id: string } }, key: string, query = ""): Promise<Response> {
  return getKey(request(`/api/v1/nodes/x/keys/x${query}`), {
    params: Promise.resolve({ node: server.endpoint.id, key }),
  });
}

function downloadOf(server: { endpoint: { id: string } }, key: string, query = ""): Promise<Response> {
  return getValue(request(`/api/v1/nodes/x/keys/x/value${query}`), {
    params: Promise.resolve({ node: server.endpoint.id, key }),
  });
}

const item = async (response: Promise<Response>) => keyItemSchema.parse(await (await response).json());

function perform(body: unknown): Promise<Response> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return act(request("/api/v1/actions", { "content-type": "application/json" }, text), {
    params: Promise.resolve({}),
  });
}

/** Performs it and waits for its end. */
async function done(body: unknown): Promise<Action> {
  const begun = await perform(body);
  const text = await begun.text();
  if (begun.status !== 202) throw new Error(text);
  const { id } = actionSchema.parse(JSON.parse(text));
  let action: Action | null = null;
  await expect
    .poll(
      async () => {
        const answer = await getAction(request(`/api/v1/actions/${id}`), { params: Promise.resolve({ id }) });
        action = actionSchema.parse(await answer.json());
        return action.state;
      },
      { timeout: 20_000 },
    )
    .not.toBe("running");
  if (action === null) throw new Error("no action");
  return action;
}

async function put(server: MemcachedServer, key: string, value: Buffer): Promise<void> {
  const head = `set ${key} 0 0 ${value.length}\r\n`;
  await rawText(server.endpoint, `${head}${value.toString("latin1")}\r\n`, ["STORED\r\n"]);
}

describe("one key", () => {
  it("is returned with its value, and not cached on the way", async () => {
    await put(plain, "greeting", Buffer.from('{"hello": "größe"}'));
    const response = await keyOf(plain, "greeting");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await item(Promise.resolve(response))).toMatchObject({
      key: "greeting",
      keyEncoding: "utf8",
      node: plain.endpoint.id,
      found: true,
      format: "json",
      encoding: "utf8",
      value: '{"hello": "größe"}',
      size: 20,
      ttlSeconds: -1,
      bumped: false,
      fetched: false,
      truncated: false,
      unpacked: null,
    });
  });

  it("that does not exist is reported as missing", async () => {
    expect(await item(keyOf(plain, "missing"))).toMatchObject({ found: false, size: null, value: null });
    expect(await item(keyOf(sasl, "missing"))).toMatchObject({ found: false, bumped: false });
    const value = await downloadOf(plain, "missing");
    expect(value.status).toBe(404);
  });

  it("is decompressed when it is compressed", async () => {
    const json = Buffer.from('{"a": 1}');
    await put(plain, "zipped", gzipSync(json));
    await put(plain, "deflated", deflateSync(json));
    for (const [key, format] of [
      ["zipped", "gzip"],
      ["deflated", "zlib"],
    ] as const) {
      expect(await item(keyOf(plain, key))).toMatchObject({
        format,
        encoding: "base64",
        unpacked: { format: "json", encoding: "utf8", value: '{"a": 1}', size: 8, truncated: false },
      });
    }
  });

  it("of more than a megabyte is shown truncated and not downloadable", async () => {
    await put(plain, "large", Buffer.alloc(3 * MEGABYTE, "abc "));
    const read = await item(keyOf(plain, "large"));
    expect(read).toMatchObject({ size: 3 * MEGABYTE, truncated: true, format: "text", encoding: "utf8" });
    expect(read.value?.length).toBe(MEGABYTE);
    const value = await downloadOf(plain, "large");
    expect(value.status).toBe(422);
    expect(await value.json()).toMatchObject({ detail: expect.stringContaining("3145728 bytes") });
  });

  it("is downloaded as a file that no browser renders", async () => {
    const bytes = Buffer.from("<script>\0\xff", "latin1");
    await put(plain, 'a/../"b";x', bytes);
    const response = await downloadOf(plain, 'a/../"b";x');
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "application/octet-stream",
      "content-disposition": 'attachment; filename="a_.._b_x"',
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
    });
  });

  it("with bytes that the protocol forbids is 400 as text, and found as base64", async () => {
    const refused = await keyOf(plain, "a b");
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({
      errors: [{ field: "key", found: "byte 0x20", allowed: "bytes above 0x20 other than 0x7f" }],
    });
    for (const server of [plain, sasl]) {
      const input = { key: "YSBi", keyEncoding: "base64", value: "here" };
      const action = await done({ kind: "set_key", nodes: [server.endpoint.id], input });
      expect(action).toMatchObject({ state: "done", targets: [{ detail: "STORED: 4 bytes" }] });
      expect(await item(keyOf(server, "YSBi", "?keyEncoding=base64"))).toMatchObject({
        key: "YSBi",
        keyEncoding: "base64",
        value: "here",
      });
      const value = await downloadOf(server, "YSBi", "?keyEncoding=base64");
      expect(value.headers.get("content-disposition")).toBe('attachment; filename="a_b"');
    }
  });

  it("is unknown on a node that is not configured", async () => {
    const response = await getKey(request("/api/v1/nodes/x/keys/x"), {
      params: Promise.resolve({ node: "127.0.0.1:1", key: "k" }),
    });
    expect(response.status).toBe(404);
  });
});

describe("a key's owner", () => {
  const owner = async (pool: string, query: string) =>
    getOwner(request(`/api/v1/pools/x/owner${query}`), { params: Promise.resolve({ pool }) });

  it("is returned with the nodes that have the key", async () => {
    await put(other, "owned", Buffer.from("1"));
    const reply = keyOwnerSchema.parse(await (await owner("main", "?key=owned")).json());
    expect(reply).toMatchObject({ pool: "main", key: "owned", configured: "ketama" });
    expect(reply.found.map(({ node, found }) => [node, found])).toEqual([
      [plain.endpoint.id, false],
      [other.endpoint.id, true],
    ]);
  });

  it("requires a key of a configured pool", async () => {
    expect((await owner("main", "")).status).toBe(400);
    expect((await owner("main", "?key=a%20b")).status).toBe(400);
    expect((await owner("nowhere", "?key=a")).status).toBe(404);
  });
});

describe("acting on a key", () => {
  it("stores a file of a megabyte, and reports it by its size", async () => {
    const value = Buffer.alloc(MEGABYTE, 7);
    const input = {
      key: "file",
      value: value.toString("base64"),
      encoding: "base64",
      flags: 3,
      exptime: 600,
    };
    const action = await done({ kind: "set_key", nodes: [plain.endpoint.id], input });
    expect(action).toMatchObject({
      state: "done",
      input: { key: "file", flags: 3, exptime: 600, mode: "set", valueBytes: MEGABYTE },
      targets: [
        {
          state: "verified",
          detail: `STORED: ${MEGABYTE} bytes`,
          before: { found: 0 },
          after: { found: 1, size: MEGABYTE, flags: 3 },
        },
      ],
    });
    expect(JSON.stringify(action).length).toBeLessThan(2_000);
    expect(Buffer.from(await (await downloadOf(plain, "file")).arrayBuffer()).equals(value)).toBe(true);
  });

  it("accepts a large body only for a value", async () => {
    const padding = "x".repeat(70_000);
    const nodes = [plain.endpoint.id];
    expect((await perform({ kind: "delete_key", nodes, input: { key: padding } })).status).toBe(413);
    expect((await perform(padding)).status).toBe(413);
    expect((await perform({ kind: "set_key", nodes, input: { key: "k", value: padding } })).status).toBe(202);
    const tooLarge = { key: "k", value: "x".repeat(1_600_000) };
    expect((await perform({ kind: "set_key", nodes, input: tooLarge })).status).toBe(413);
    const overOne = { key: "k", value: Buffer.alloc(MEGABYTE + 1).toString("base64"), encoding: "base64" };
    const refused = await perform({ kind: "set_key", nodes, input: overOne });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ errors: [{ field: "input.value" }] });
  });

  it.each([
    [{ key: "a b", value: "x" }, "input.key"],
    [{ key: "", value: "x" }, "input.key"],
    [{ key: "%%", keyEncoding: "base64", value: "x" }, "input.key"],
    [{ key: "k", value: "%%", encoding: "base64" }, "input.value"],
    [{ key: "k", value: "\ud800" }, "input.value"],
    [{ key: "k", value: "x", exptime: 2 ** 31 }, "input.exptime"],
    [{ key: "k", value: "x", flags: 2 ** 32 }, "input.flags"],
  ])("is 400 for %j", async (input, field) => {
    const response = await perform({ kind: "set_key", nodes: [plain.endpoint.id], input });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ field }] });
  });

  it("deletes a key on every node", async () => {
    await put(other, "somewhere", Buffer.from("1"));
    const action = await done({ kind: "delete_key", pool: "main", input: { key: "somewhere" } });
    expect(action.state).toBe("done");
    expect(action.targets.map(({ detail }) => detail)).toEqual([
      "NOT_FOUND: no item has this key",
      "DELETED",
    ]);
    const alone = await done({ kind: "delete_key", nodes: [other.endpoint.id], input: { key: "somewhere" } });
    expect(alone).toMatchObject({ state: "failed", targets: [{ state: "failed" }] });
  });

  it("counts beyond the integers of JSON", async () => {
    for (const server of [plain, sasl]) {
      const nodes = [server.endpoint.id];
      await done({ kind: "set_key", nodes, input: { key: "count", value: "9007199254740991" } });
      const up = await done({ kind: "incr_key", nodes, input: { key: "count", by: "2" } });
      expect(up.targets[0]).toMatchObject({ detail: "now 9007199254740993", after: { value: null } });
      const down = await done({
        kind: "decr_key",
        nodes,
        input: { key: "count", by: 9_007_199_254_740_000 },
      });
      expect(down.targets[0]).toMatchObject({ detail: "now 993", after: { value: 993 } });
      const missing = await done({
        kind: "incr_key",
        nodes,
        input: { key: "no-such-counter" },
      });
      expect(missing).toMatchObject({
        state: "failed",
        targets: [{ detail: expect.stringMatching(/^NOT_FOUND: /) }],
      });
    }
  });
});

describe("hostile keys through the routes", () => {
  it("reach the node as one command each, or are 400", async () => {
    const words = fc.constantFrom(
      "\r\n",
      "\n",
      " ",
      "\0",
      "flush_all",
      "set a 0 0 1\r\nx",
      "\u007f",
      "é",
      "x",
    );
    const hostile = fc.oneof(
      fc.array(words, { minLength: 1, maxLength: 8 }).map((parts) => parts.join("")),
      fc.string({ unit: "binary", minLength: 1, maxLength: 20 }),
    );
    const ours = new Set(["stats", "version"]);
    const sent = () => recording.recorded.filter(({ words: [name = ""] }) => !ours.has(name));
    const keys = fc.sample(hostile, { numRuns: 1_500, seed: 20_261_122 });
    let accepted = 0;
    for (const [n, key] of keys.entries()) {
      const before = sent().length;
      const encoded = n % 2 === 0 ? key : Buffer.from(key).toString("base64");
      const query = n % 2 === 0 ? "" : "?keyEncoding=base64";
      const response = await [
        () => keyOf(recording, encoded, query),
        () => downloadOf(recording, encoded, query),
        () =>
          getOwner(
            request(
              `/api/v1/pools/x/owner?key=${encodeURIComponent(encoded.toWellFormed())}${query.replace("?", "&")}`,
            ),
            { params: Promise.resolve({ pool: "recording" }) },
          ),
      ][n % 3]?.();
      const commands = sent().slice(before);
      if (response?.status === 400) expect(commands).toEqual([]);
      else {
        accepted++;
        expect(response?.status === 200 || response?.status === 404).toBe(true);
        expect(commands).toHaveLength(1);
        expect(commands[0]?.words[0]).toBe("mg");
      }
    }
    expect(accepted).toBeGreaterThan(500);
    expect(accepted).toBeLessThan(keys.length);
  }, 300_000);
});
