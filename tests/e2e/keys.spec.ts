/** Keys and values through the whole server: what becomes of a key on its way through paths and bodies. */
import { request } from "node:http";
import { expect, test } from "@playwright/test";
import type { Action } from "@/lib/model/action";
import type { KeyItem, KeyOwner } from "@/lib/model/keys";
import { type MemcachedServer, startMemcached } from "../servers/memcached";
import { rawText } from "../servers/raw-text";
import { type Dashboard, startDashboard } from "./dashboard";

let server: MemcachedServer;
let dashboard: Dashboard;

test.beforeAll(async () => {
  test.setTimeout(360_000);
  server = await startMemcached({ mode: "plain" });
  dashboard = await startDashboard([{ name: "main", servers: [server.endpoint.id] }]);
});
test.afterAll(async () => {
  await dashboard?.stop();
  await server?.stop();
});

/** As it is written: `fetch` would tidy the path up. */
function get(
  path: string,
): Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port: dashboard.port, path }, (response) => {
      const pieces: Buffer[] = [];
      response.on("data", (piece: Buffer) => pieces.push(piece));
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(pieces) });
      });
    });
    sent.on("error", reject);
    sent.end();
  });
}

const base = () => `/api/v1/nodes/${encodeURIComponent(server.endpoint.id)}/keys`;

async function perform(body: unknown): Promise<Action> {
  const response = await fetch(`${dashboard.url}/api/v1/actions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(202);
  const { id } = (await response.json()) as Action;
  const look = async () => {
    const answer = await fetch(`${dashboard.url}/api/v1/actions/${id}`);
    return (await answer.json()) as Action;
  };
  await expect.poll(async () => (await look()).state, { timeout: 30_000 }).not.toBe("running");
  return look();
}

const TRICKY = [
  ...[
    "a/b",
    "/first",
    "last/",
    "a//b",
    "../../nodes",
    "%2F",
    "%25",
    "100%",
    "a+b",
    "a?b=c&d",
    "#x",
    "\\",
    "value",
  ],
  ...["[key]", "größe:キー:😀", "\u202egpj.exe", "_next/static", "index.json", "__proto__", "k".repeat(250)],
];

test("every key is the one that was meant, whatever it looks like in a path", async () => {
  for (const key of TRICKY) {
    const value = `the value of ${key}`;
    await rawText(
      server.endpoint,
      Buffer.from(`set ${key} 0 0 ${Buffer.byteLength(value)}\r\n${value}\r\n`).toString("latin1"),
      ["STORED\r\n"],
    );
    const path = `${base()}/${encodeURIComponent(key)}`;
    const looked = await get(path);
    expect(looked.status, key).toBe(200);
    expect(JSON.parse(looked.body.toString()) as KeyItem, key).toMatchObject({ key, found: true, value });
    const handedOut = await get(`${path}/value`);
    expect(handedOut.body.toString(), key).toBe(value);
    expect(handedOut.headers["content-disposition"], key).toMatch(/^attachment; filename="[\w.-]+"$/);
    expect(handedOut.headers["x-content-type-options"]).toBe("nosniff");
  }
});

test("a key that no path can hold goes as base64, in either alphabet", async () => {
  for (const key of [".", ".."]) {
    await rawText(server.endpoint, `set ${key} 0 0 1\r\nx\r\n`, ["STORED\r\n"]);
    const encoded = encodeURIComponent(Buffer.from(key).toString("base64url"));
    const looked = await get(`${base()}/${encoded}?keyEncoding=base64`);
    expect(JSON.parse(looked.body.toString()) as KeyItem).toMatchObject({
      key,
      keyEncoding: "utf8",
      found: true,
    });
  }
  const bytes = Buffer.from([0xfb, 0xff, 0xfe, 0x0a, 0x20, 0x00]);
  for (const encoding of ["base64", "base64url"] as const) {
    const key = bytes.toString(encoding);
    const stored = await perform({
      kind: "set_key",
      nodes: [server.endpoint.id],
      input: { key, keyEncoding: "base64", value: encoding },
    });
    expect(stored.state).toBe("done");
    const looked = await get(`${base()}/${encodeURIComponent(key)}?keyEncoding=base64`);
    expect(JSON.parse(looked.body.toString()) as KeyItem).toMatchObject({ found: true, value: encoding });
  }
});

test("what is no key is 400, also when it is no UTF-8", async () => {
  for (const path of ["a%20b", "%00", "%0d%0aflush_all%0d%0a", "%ff", "%", "%c3%28", "k".repeat(251)]) {
    const answer = await get(`${base()}/${path}`);
    expect(answer.status, path).toBe(400);
    expect(answer.headers["content-type"], path).toMatch(/^application\/problem\+json/);
    expect(JSON.parse(answer.body.toString()), path).toMatchObject({
      status: 400,
      title: "Input not understood",
    });
  }
  expect(await rawText(server.endpoint, "stats\r\n")).toContain("STAT cmd_flush 0\r\n");
});

test("a file of a megabyte is stored, shown, handed out and deleted", async () => {
  const value = Buffer.alloc(1_000_000, "0123456789");
  const nodes = [server.endpoint.id];
  const input = { key: "file", value: value.toString("base64"), encoding: "base64", exptime: 600 };
  expect(await perform({ kind: "set_key", nodes, input })).toMatchObject({
    state: "done",
    input: { valueBytes: 1_000_000 },
  });
  expect((await get(`${base()}/file/value`)).body.equals(value)).toBe(true);
  const owner = await get("/api/v1/pools/main/owner?key=file");
  expect(JSON.parse(owner.body.toString()) as KeyOwner).toMatchObject({ found: [{ found: true }] });
  expect(await perform({ kind: "delete_key", pool: "main", input: { key: "file" } })).toMatchObject({
    state: "done",
  });
  expect((await get(`${base()}/file/value`)).status).toBe(404);
});
