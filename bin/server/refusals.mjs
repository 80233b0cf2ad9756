// How requests are refused that never reach Next: as problems (RFC 9457), with the connection closed.

/**
 * @typedef {object} Refusal
 * @property {number} status
 * @property {string} type last part of the problem's URN, to match on
 * @property {string} title
 * @property {string} detail
 * @property {Readonly<Record<string, string>>} [headers]
 */

const REASONS = {
  400: "Bad Request",
  405: "Method Not Allowed",
  408: "Request Timeout",
  413: "Payload Too Large",
  421: "Misdirected Request",
  431: "Request Header Fields Too Large",
};

/**
 * Sends a refusal and closes the connection: the rest of the request is not read.
 * @param {import("node:http").ServerResponse} response
 * @param {Refusal} refusal
 */
export function refuse(response, { headers, ...problem }) {
  response.writeHead(problem.status, { ...headers, ...FIXED });
  response.end(bodyOf(problem));
}

/**
 * Sends a refusal where there is no request yet, because it could not be parsed.
 * @param {import("node:stream").Duplex} socket
 * @param {Refusal} refusal
 */
export function refuseOnSocket(socket, { headers, ...problem }) {
  const body = bodyOf(problem);
  const lines = Object.entries({ ...headers, ...FIXED, "content-length": String(Buffer.byteLength(body)) });
  const head = [
    `HTTP/1.1 ${problem.status} ${REASONS[problem.status]}`,
    ...lines.map(([name, value]) => `${name}: ${value}`),
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`, () => socket.destroy());
}

const FIXED = {
  "content-type": "application/problem+json; charset=utf-8",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  connection: "close",
};

function bodyOf({ type, ...problem }) {
  return JSON.stringify({ type: `urn:memfleet:problem:${type}`, ...problem });
}
