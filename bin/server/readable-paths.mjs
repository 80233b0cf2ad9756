// Preloaded into the server. Percent signs in a path that stand for no UTF-8 make Next fail with 500 before any of our
// code can see the request: such a request is wrong, and gets 400.
import { Server } from "node:http";

const REFUSAL = JSON.stringify({
  type: "urn:memfleet:problem:input-not-understood",
  status: 400,
  title: "Input not understood",
  detail:
    "The path holds percent signs that stand for no UTF-8. Other bytes go as base64, with keyEncoding=base64.",
});

const emit = Server.prototype.emit;
Server.prototype.emit = function (event, request, response, ...rest) {
  if ((event !== "request" && event !== "checkContinue") || isReadable(request.url ?? "")) {
    return emit.call(this, event, request, response, ...rest);
  }
  response.writeHead(400, {
    "content-type": "application/problem+json; charset=utf-8",
    "cache-control": "no-store",
    connection: "close",
  });
  response.end(REFUSAL);
  return true;
};

/** @param {string} url */
function isReadable(url) {
  try {
    decodeURIComponent(url.split("?", 1)[0] ?? "");
    return true;
  } catch {
    return false;
  }
}
