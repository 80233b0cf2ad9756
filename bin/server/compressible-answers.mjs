/**
 * Preloaded into the server. Next sets every header of a route handler's response as a list, and its own compression
 * then does not recognise the content type and skips the response: a fleet of a thousand nodes would be sent at eight
 * times the size. A list of one is equivalent to its only value.
 */
import { ServerResponse } from "node:http";

const { setHeader } = ServerResponse.prototype;

ServerResponse.prototype.setHeader = function (name, value) {
  const single = Array.isArray(value) && value.length === 1 && name.toLowerCase() === "content-type";
  return setHeader.call(this, name, single ? value[0] : value);
};
