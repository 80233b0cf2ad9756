/** What the launcher preloads into the server, in front of a bare HTTP server: raw requests, as attackers send them. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const SERVER = `
import { createServer } from "node:http";
globalThis[Symbol.for("memfleet.hostCheck")] = (host, local) =>
  host === "memfleet.test" || host === local || host === "127.0.0.1";
const server = createServer(async (request, response) => {
  let bytes = 0;
  for await (const chunk of request) bytes += chunk.length;
  response.end(["reached", request.method, request.url, request.headers.host, bytes].join(" "));
});
server.listen(0, "127.0.0.1", () => process.stdout.write(String(server.address().port)));
`;

let child: ChildProcess;
let port = 0;
let logged = "";

beforeAll(async () => {
  const preloads = ["readable-paths", "request-rules", "peer-address"].flatMap((name) => [
    "--import",
    join(process.cwd(), "bin/server", `${name}.mjs`),
  ]);
  child = spawn(process.execPath, [...preloads, "--input-type=module", "--eval", SERVER]);
  child.stderr?.on("data", (chunk) => {
    logged += chunk;
  });
  const [first] = (await once(child.stdout as NonNullable<typeof child.stdout>, "data")) as [Buffer];
  port = Number(first.toString());
});
afterAll(() => child.kill("SIGKILL"));

interface Reply {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** Sends bytes and reads until the server closes. Our side stays open, like that of a client that still sends. */
async function send(bytes: string): Promise<Reply> {
  const socket = connect(port, "127.0.0.1");
  socket.write(bytes, "latin1");
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  socket.on("error", () => {});
  await once(socket, "close");
  const [head = "", body = ""] = Buffer.concat(chunks).toString("latin1").split("\r\n\r\n");
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0), head: head.toLowerCase(), body };
}

const request = (line: string, ...headers: string[]) =>
  send(`${[`${line} HTTP/1.1`, ...headers, "Connection: close"].join("\r\n")}\r\n\r\n`);
const HOST = "Host: memfleet.test";
const json = "Content-Type: application/json";

describe("a request", () => {
  test("that is well-formed reaches the server with its body", async () => {
    const body = '{"a":1}';
    const get = await request("GET /api/v1/fleet", HOST);
    expect(get).toMatchObject({ status: 200, body: expect.stringContaining("reached GET /api/v1/fleet") });
    const sized = await send(
      `POST /api/v1/session HTTP/1.1\r\n${HOST}\r\n${json}\r\nConnection: close\r\nContent-Length: 7\r\n\r\n${body}`,
    );
    expect(sized.body).toContain("reached POST /api/v1/session memfleet.test 7");
    const chunked = await send(
      `POST /api/v1/session HTTP/1.1\r\n${HOST}\r\n${json}\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{"a\r\n4\r\n":1}\r\n0\r\n\r\n`,
    );
    expect(chunked.body).toContain("reached POST /api/v1/session memfleet.test 7");
  });

  test.each(["TRACE", "PUT", "PATCH", "PROPFIND", "CONNECT", "FOO", "get", "M-SEARCH"])(
    "with the method %s gets 405",
    async (method) => {
      const target = method === "CONNECT" ? "memfleet.test:443" : "/api/v1/fleet";
      const reply = await request(`${method} ${target}`, HOST);
      expect(reply.status).toBe(405);
      expect(reply.head).toContain("allow: get, head, options, post, delete");
    },
  );

  test.each(["POST /", "DELETE /pools/a", "POST /s/token", "POST /metrics", "OPTIONS /favicon.ico"])(
    "%s gets 405, because pages only read",
    async (line) => {
      expect((await request(line, HOST)).status).toBe(405);
    },
  );

  test.each([
    ["two Host headers", "GET /", [HOST, "Host: evil.test"]],
    ["two equal Host headers", "GET /", [HOST, HOST]],
    ["an absolute target", "GET http://evil.test/", [HOST]],
    ["an absolute target of our own name", "GET http://memfleet.test/", [HOST]],
    ["an asterisk target", "OPTIONS *", [HOST]],
    ["no Host", "GET /", []],
    ["a Host with a space", "GET /", ["Host: memfleet.test evil.test"]],
    ["a Host with user info", "GET /", ["Host: evil.test@memfleet.test"]],
    ["a Host with a list", "GET /", ["Host: memfleet.test, evil.test"]],
    ["an unknown server action", "GET /", [HOST, "Next-Action: x"]],
    ["a malformed router state", "GET /", [HOST, "RSC: 1", "Next-Router-State-Tree: %7B"]],
    ["a router state of another shape", "GET /", [HOST, "Next-Router-State-Tree: %5B%22%22%5D"]],
    [
      "a router state nested too deeply",
      "GET /",
      [HOST, `Next-Router-State-Tree: ${'["",{"a":'.repeat(500)}["",{}]${"}]".repeat(500)}`],
    ],
    ["an image to resize", "GET /_next/image?url=%2Ficon.svg&w=64&q=75", [HOST]],
    ["a path that is not UTF-8", "GET /nodes/%ff", [HOST]],
  ])("with %s gets 400", async (_name, line, headers) => {
    expect((await request(line, ...headers)).status).toBe(400);
  });

  test("with a router state that Next understands reaches the server", async () => {
    const state = encodeURIComponent('["",{"children":[["node","a","d",null],{}]},null,"refetch",16]');
    expect((await request("GET /", HOST, `Next-Router-State-Tree: ${state}`)).status).toBe(200);
  });

  test.each(["/", "//evil.test/x", "/\\evil.test", "/pools/", "/api/v1/fleet/"])(
    "for %s under a foreign Host gets 421 before anything redirects it",
    async (path) => {
      expect((await request(`GET ${path}`, "Host: evil.test")).status).toBe(421);
    },
  );

  test.each([
    ["a foreign Host", ["Host: evil.test"], "evil.test"],
    ["no Host", [], "localhost"],
    ["an empty Host", ["Host:"], "localhost"],
    ["a malformed Host", ["Host: a b%"], "localhost"],
  ])("for a health check with %s is answered", async (_name, headers, host) => {
    for (const path of ["/-/healthy", "/-/ready"]) {
      expect((await request(`GET ${path}`, ...headers)).body).toContain(`reached GET ${path} ${host}`);
    }
    expect((await send("GET /-/healthy HTTP/1.0\r\n\r\n")).body).toContain("reached");
  });
});

describe("a body", () => {
  test.each([
    ["10 GB", "/api/v1/session", 10_000_000_000],
    ["one byte too many", "/api/v1/session", 65_537],
    ["an upload of one byte too many", "/api/v1/actions", 1_572_865],
  ])("of %s gets 413 at once, before any of it is sent", async (_name, path, bytes) => {
    const reply = await request(`POST ${path}`, HOST, json, `Content-Length: ${bytes}`);
    expect(reply.status).toBe(413);
    expect(reply.body).toContain("urn:memfleet:problem:too-large");
  });

  test("without a length gets 413 where it becomes too large", async () => {
    const chunk = `8000\r\n${"a".repeat(0x8000)}\r\n`;
    const reply = await send(
      `POST /api/v1/session HTTP/1.1\r\n${HOST}\r\n${json}\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(4)}`,
    );
    expect(reply.status).toBe(413);
  });

  test("that is cut off never reaches the server, and nothing is logged", async () => {
    const socket = connect(port, "127.0.0.1");
    socket.end(`POST /api/v1/session HTTP/1.1\r\n${HOST}\r\n${json}\r\nContent-Length: 9\r\n\r\n{`);
    await once(socket.resume(), "close");
    expect((await request("GET /", HOST)).status).toBe(200);
    expect(logged).toBe("");
  });
});

test("headers that stay incomplete for 10 s and a body that does for 30 s end with 408", async () => {
  const [headers, body] = await Promise.all([
    send("GET / HTTP/1.1\r\nHost: memfleet.te"),
    send(`POST /api/v1/session HTTP/1.1\r\n${HOST}\r\n${json}\r\nContent-Length: 9\r\n\r\n{`),
  ]);
  expect([headers.status, body.status]).toEqual([408, 408]);
}, 60_000);

test("every response, refusals included, may only be embedded by our own pages, except share links", async () => {
  for (const [line, host] of [
    ["GET /", HOST],
    ["GET /api/v1/fleet", HOST],
    ["TRACE /", HOST],
    ["GET /", "Host: evil.test"],
  ] as const) {
    expect((await request(line, host)).head).toContain("cross-origin-resource-policy: same-origin");
  }
  const badge = await request("GET /s/token/badge.svg", HOST);
  expect(badge.head).toContain("cross-origin-resource-policy: cross-origin");
});
