// Preloaded into the server. Next gives route handlers no socket, and clients can send any header: so every request gets
// the socket's remote address in a header with a random name that only this process knows.
import { randomBytes } from "node:crypto";
import { Server } from "node:http";

const header = `x-memfleet-peer-${randomBytes(16).toString("hex")}`;
globalThis[Symbol.for("memfleet.peerHeader")] = header;

/** Minimum headers of every response, including those that Next creates before any of our code runs. */
const BASE = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "same-origin",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
};
/** Share links must not leak through referrers or search engines. */
const SHARED = { ...BASE, "referrer-policy": "no-referrer", "x-robots-tag": "noindex, nofollow" };

const emit = Server.prototype.emit;
Server.prototype.emit = function (event, request, response, ...rest) {
  if (event === "request" || event === "checkContinue") {
    request.headers[header] = request.socket.remoteAddress ?? "";
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
