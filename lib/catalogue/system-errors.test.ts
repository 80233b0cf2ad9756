import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { expect, test } from "vitest";
import { describeSystemError } from "./system-errors";

test.each([
  ["closes at once", (socket: Socket) => socket.destroy()],
  ["resets", (socket: Socket) => socket.resetAndDestroy()],
  ["speaks no HTTP", (socket: Socket) => socket.end("VERSION 1.6.18\r\n")],
  ["stops halfway", (socket: Socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf")],
  [
    "sends damaged gzip",
    (socket: Socket) =>
      socket.end("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\nhalf"),
  ],
  [
    "sends endless headers",
    (socket: Socket) => socket.end(`HTTP/1.1 200 OK\r\nx: ${"a".repeat(100_000)}\r\n\r\n`),
  ],
])("what fetch says about a server that %s becomes words", async (_, answer) => {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => answer(socket));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const error = await fetch(`http://127.0.0.1:${port}/?secret`).then(
    (response) => response.text().catch((failure: unknown) => failure),
    (failure: unknown) => failure,
  );
  server.close();
  expect(error).toBeInstanceOf(Error);
  const words = describeSystemError(error);
  expect(words).not.toMatch(/[A-Z]{3,}_|\bE[A-Z]{4,}|secret/);
  expect(words).not.toBe("connection failed");
});

/** The codes of undici's errors, by its own documentation. */
const UNDICI = [
  "CONNECT_TIMEOUT HEADERS_TIMEOUT HEADERS_OVERFLOW BODY_TIMEOUT RESPONSE_STATUS_CODE INVALID_ARG",
  "INVALID_RETURN_VALUE ABORTED DESTROYED CLOSED SOCKET NOT_SUPPORTED REQ_CONTENT_LENGTH_MISMATCH",
  "RES_CONTENT_LENGTH_MISMATCH INFO REQ_RETRY RESPONSE_EXCEEDED_MAX_SIZE RESPONSE PRX_TLS BPL_MISSING_UPSTREAM",
].flatMap((names) => names.split(" ").map((name) => `UND_ERR_${name}`));

test("every code of undici, and a code nobody knows, becomes words", () => {
  for (const code of [
    ...UNDICI,
    "UND_ERR_NEW",
    "ENEW",
    "ERR_SSL_NEW",
    "HPE_NEW",
    "constructor",
    "__proto__",
  ]) {
    const error = new TypeError("fetch failed", { cause: Object.assign(new Error("s3cret"), { code }) });
    const words = describeSystemError(error);
    expect(words, code).toMatch(/^[a-zA-Z][a-zA-Z/ -]+$/);
    expect(words, code).not.toMatch(/[A-Z]{3,}_|s3cret/);
  }
});

test("an error for several addresses is described by the first", () => {
  const refused = Object.assign(new Error("no"), { code: "ECONNREFUSED" });
  expect(describeSystemError(new TypeError("fetch failed", { cause: new AggregateError([refused]) }))).toBe(
    "connection refused",
  );
});
