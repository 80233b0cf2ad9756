// Preloaded into the server. Next hands route handlers no socket, and anybody can send a header: so every request
// gets the address of the socket's other end in a header whose name is random and known to this process alone.
import { randomBytes } from "node:crypto";
import { Server } from "node:http";

const header = `x-memfleet-peer-${randomBytes(16).toString("hex")}`;
globalThis[Symbol.for("memfleet.peerHeader")] = header;

/** What an answer has at least, also where it was made before any of our code could see the request. */
const BASE = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "same-origin",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
};
/** What is shown to whoever has the link must not be found by others through referrers or search engines. */
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
