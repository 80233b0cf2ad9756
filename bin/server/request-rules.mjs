/**
 * Preloaded into the server. Next answers some requests of anybody with 500 and a stack in the log, redirects others
 * before the host is checked, and waits for bodies of any size. These are refused here, at once and without a log line.
 */
import { Server } from "node:http";
import { refuse, refuseOnSocket } from "./refusals.mjs";
import { isRouterState } from "./router-state.mjs";

/** What endpoints accept (lib/http/json-body.ts), and the one that takes uploads (lib/model/http/endpoints.ts). */
const BODY_BYTES = 65_536;
const UPLOAD = { path: "/api/v1/actions", bytes: 1_572_864 };
/** Time for all headers of a request, and for all of it, in milliseconds. Streams are responses and not bound by it. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;
const CHECK_MS = 1_000;

const READ_METHODS = ["GET", "HEAD"];
const OTHER_METHODS = ["OPTIONS", "POST", "DELETE"];
/** Everything else is only read: pages have no server actions. */
const WRITABLE = /^\/(?:api(?:\/|$)|s\/[^/]+\/unlock$)/;
/** Health checks come from load balancers and container runtimes, which send any Host, or none. */
const HEALTH = /^\/-\/(?:healthy|ready)\/?$/;
const HOST = /^(?:\[[0-9a-f:.]+\]|[\w.-]+)(?::\d{1,5})?$/i;

const { emit, listen } = Server.prototype;

Server.prototype.listen = function (...args) {
  // A request without Host is checked with the others.
  this.requireHostHeader = false;
  this.headersTimeout = HEADERS_MS;
  this.requestTimeout = REQUEST_MS;
  this.connectionsCheckingInterval = CHECK_MS;
  this.on("clientError", refuseUnparsed);
  this.on("connect", (_request, socket) => refuseOnSocket(socket, METHOD_NOT_ALLOWED));
  return listen.apply(this, args);
};

Server.prototype.emit = function (event, request, response, ...rest) {
  if (event !== "request" && event !== "upgrade") return emit.call(this, event, request, response, ...rest);
  const refusal = refusalOf(request);
  if (event === "upgrade") {
    // `response` is the socket.
    if (refusal !== null) refuseOnSocket(response, refusal);
    return refusal !== null || emit.call(this, event, request, response, ...rest);
  }
  if (refusal !== null) refuse(response, refusal);
  else if (hasBody(request)) awaitBody(request, response, () => emit.call(this, event, request, response));
  else emit.call(this, event, request, response);
  return true;
};

/**
 * Why a request is refused; null when it is not.
 * @param {import("node:http").IncomingMessage} request
 * @returns {import("./refusals.mjs").Refusal | null}
 */
function refusalOf(request) {
  const { method = "", url = "", headers } = request;
  if (!url.startsWith("/")) return badRequest("The request target has to be a path, not an address.");
  const path = url.split("?", 1)[0];
  const isHealth = HEALTH.test(path);
  const host = hostProblem(request, isHealth);
  if (host !== null) return badRequest(host);
  if (!isHealth && !isAllowedHost(request)) return MISDIRECTED;
  const reads = READ_METHODS.includes(method);
  if (!reads && !OTHER_METHODS.includes(method)) return METHOD_NOT_ALLOWED;
  if (!reads && !WRITABLE.test(path)) return READ_ONLY_PATH;
  if (Number(headers["content-length"] ?? 0) > largestBody(path)) return tooLarge(largestBody(path));
  if (headers["next-action"] !== undefined) return badRequest("Memfleet has no server actions.");
  if (path.startsWith("/_next/image")) return badRequest("Memfleet doesn’t resize images.");
  const state = headers["next-router-state-tree"];
  return state === undefined || isRouterState(state)
    ? null
    : badRequest("The header Next-Router-State-Tree is malformed.");
}

/** Checked here because Next redirects some paths before our code runs. */
function isAllowedHost({ headers, socket }) {
  const check = globalThis[Symbol.for("memfleet.hostCheck")];
  return check === undefined || check(headers.host ?? null, plainAddress(socket.localAddress));
}

/** Without the prefix of IPv4 in IPv6, and without a zone. */
function plainAddress(address = "") {
  return address.replace(/^::ffff:(?=\d+\.)/, "").replace(/%.*$/, "");
}

/** What is wrong with the Host header; null when nothing is. A health check without a readable one gets `localhost`. */
function hostProblem({ httpVersion, rawHeaders, headers }, isHealth) {
  const sent = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === "host").length;
  if (sent > 1) return "The request has more than one Host header.";
  if (isHealth && !HOST.test(headers.host ?? "")) {
    headers.host = "localhost";
    return null;
  }
  if (sent === 0) return httpVersion === "1.0" ? null : "The request has no Host header.";
  return HOST.test(headers.host ?? "") ? null : "The Host header is not a host name or address.";
}

function hasBody({ headers }) {
  return Number(headers["content-length"] ?? 0) > 0 || headers["transfer-encoding"] !== undefined;
}

function largestBody(path) {
  return path === UPLOAD.path ? UPLOAD.bytes : BODY_BYTES;
}

/**
 * Calls back when the whole body has arrived, and leaves it in the request to be read. Next would log one that is cut
 * off, and wait for one that is never sent. A body without a length is refused where it becomes too large.
 */
function awaitBody(request, response, onComplete) {
  const { push } = request;
  const limit = largestBody(request.url.split("?", 1)[0]);
  const chunks = [];
  let bytes = 0;
  request.push = (chunk) => {
    if (chunk === null) {
      request.push = push;
      for (const part of chunks) request.push(part);
      request.push(null);
      onComplete();
      return false;
    }
    bytes += chunk.length;
    if (bytes <= limit) chunks.push(chunk);
    else if (!response.headersSent) {
      chunks.length = 0;
      refuse(response, tooLarge(limit));
    }
    return bytes <= limit;
  };
}

/** Replaces Node’s own handling, which answers 400 to an unknown method. */
function refuseUnparsed(error, socket) {
  if (!socket.writable || socket._httpMessage?.headersSent) return socket.destroy(error);
  refuseOnSocket(socket, UNPARSED[error.code] ?? badRequest("The request is not HTTP."));
}

function badRequest(detail) {
  return { status: 400, type: "input-not-understood", title: "Invalid input", detail };
}

const MISDIRECTED = {
  status: 421,
  type: "host-not-allowed",
  title: "Host not allowed",
  detail: "This Host is neither an address of this dashboard nor in allowedHosts.",
};
const METHOD_NOT_ALLOWED = {
  status: 405,
  type: "method-not-allowed",
  title: "Method not allowed",
  detail: "Memfleet has nothing at this path for this method.",
  headers: { allow: [...READ_METHODS, ...OTHER_METHODS].join(", ") },
};
const READ_ONLY_PATH = { ...METHOD_NOT_ALLOWED, headers: { allow: READ_METHODS.join(", ") } };
const tooLarge = (limit) => ({
  status: 413,
  type: "too-large",
  title: "Too large",
  detail: `The body is larger than ${limit} bytes.`,
});
const UNPARSED = {
  HPE_INVALID_METHOD: METHOD_NOT_ALLOWED,
  HPE_HEADER_OVERFLOW: {
    status: 431,
    type: "too-large",
    title: "Too large",
    detail: "The headers of the request are too large.",
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    type: "too-slow",
    title: "Too slow",
    detail: `A request has to be complete within ${REQUEST_MS / 1_000} seconds.`,
  },
};
