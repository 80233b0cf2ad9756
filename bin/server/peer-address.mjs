// Preloaded into the server. Next gives route handlers no socket, and clients can send any header: so every request gets
// the socket's two addresses in headers with random names that only this process knows.
import { randomBytes } from "node:crypto";
import { Server } from "node:http";

const peerHeader = `x-memfleet-peer-${randomBytes(16).toString("hex")}`;
const localHeader = `x-memfleet-local-${randomBytes(16).toString("hex")}`;
globalThis[Symbol.for("memfleet.peerHeader")] = peerHeader;
globalThis[Symbol.for("memfleet.localHeader")] = localHeader;

/** Minimum headers of every response, including those that Next creates before any of our code runs. */
const BASE = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
};
/** Share links must not leak through referrers or search engines. Other sites may embed their pictures. */
const SHARED = {
  ...BASE,
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "cross-origin",
  "x-robots-tag": "noindex, nofollow",
};

const emit = Server.prototype.emit;
Server.prototype.emit = function (event, request, response, ...rest) {
  if (event === "request" || event === "checkContinue") {
    request.headers[peerHeader] = request.socket.remoteAddress ?? "";
    request.headers[localHeader] = request.socket.localAddress ?? "";
    completeHeaders(response, request.url?.startsWith("/s/") ? SHARED : BASE);
  }
  return emit.call(this, event, request, response, ...rest);
};

function completeHeaders(response, headers) {
  const { writeHead } = response;
  response.writeHead = function (...args) {
    for (const [name, value] of Object.entries(headers)) {
      if (!this.hasHeader(name)) this.setHeader(name, value);
    }
    return writeHead.apply(this, args);
  };
}
