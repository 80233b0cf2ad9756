/**
 * Preloaded into the server. Next sets every header of a route handler's answer as a list, and the compression it
 * runs itself then takes the content type for unknown and leaves the answer as it is: a fleet of a thousand nodes
 * would travel at eight times its size. A list of one is the same header as its only value.
 */
import { ServerResponse } from "node:http";

const { setHeader } = ServerResponse.prototype;

ServerResponse.prototype.setHeader = function (name, value) {
  const single = Array.isArray(value) && value.length === 1 && name.toLowerCase() === "content-type";
  return setHeader.call(this, name, single ? value[0] : value);
};
