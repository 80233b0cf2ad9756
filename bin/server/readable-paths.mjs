// Preloaded into the server. A path with percent-encoding that is not UTF-8 makes Next fail with 500 before any of our
// code runs. Such a request is invalid and gets 400.
import { Server } from "node:http";
import { refuse } from "./refusals.mjs";

const REFUSAL = {
  status: 400,
  type: "input-not-understood",
  title: "Invalid input",
  detail:
    "The path contains percent-encoding that is not UTF-8. Send other bytes as base64 with keyEncoding=base64.",
};

const emit = Server.prototype.emit;
Server.prototype.emit = function (event, request, response, ...rest) {
  if ((event !== "request" && event !== "checkContinue") || isReadable(request.url ?? "")) {
    return emit.call(this, event, request, response, ...rest);
  }
  refuse(response, REFUSAL);
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
