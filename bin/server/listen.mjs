import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { resolve } from "node:path";

const DEFAULT = { host: "127.0.0.1", port: 3000 };
/** Replaces an address that the server will reject. */
const STAND_IN = { ...DEFAULT };

/**
 * The listen address by the server's rules (MEMFLEET_LISTEN, else `listen` of the file), but lenient: anything invalid
 * becomes the default on loopback, and the server then reports the problem and refuses to start. Other addresses than
 * loopback require some sign-in in the file; the server validates it before it serves anything. So no mistake exposes
 * the server on a network without sign-in.
 * @param {Record<string, string | undefined>} env
 * @param {string} cwd
 * @returns {Promise<{host: string, port: number}>}
 */
export async function resolveListen(env, cwd) {
  const file = await readFile(env, cwd);
  const configured = env.MEMFLEET_LISTEN || file?.listen;
  if (configured === undefined || configured === null) return DEFAULT;
  const wanted = parseAddress(configured);
  if (wanted === null) return STAND_IN;
  return isLoopback(wanted.host) || hasSignIn(file?.auth) ? wanted : STAND_IN;
}

/**
 * The address to start on. A server that only starts to report a problem may use any free port: a used default port must
 * not hide the problem.
 * @param {{host: string, port: number}} listen from `resolveListen`
 */
export async function startingAddress(listen) {
  return listen === STAND_IN ? { ...listen, port: await nextFreePort(listen.host, listen.port) } : listen;
}

async function readFile(env, cwd) {
  try {
    const { parse } = await import("yaml");
    return parse(readFileSync(resolve(cwd, env.MEMFLEET_CONFIG || "memfleet.yaml"), "utf8"));
  } catch {
    return null;
  }
}

/** @param {any} auth */
function hasSignIn(auth) {
  const listed = (list) => Array.isArray(list) && list.length > 0;
  return Boolean(listed(auth?.users) || listed(auth?.tokens) || auth?.oidc || auth?.proxyHeader);
}

/** @param {string} host */
function isLoopback(host) {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

/**
 * Host (without brackets) and port of `127.0.0.1:3000`, `[::]:3000` or `name:3000`; null for anything else.
 * @param {unknown} text
 */
export function parseAddress(text) {
  if (typeof text !== "string") return null;
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::(\d{1,5}))?$/i.exec(text);
  const port = Number(match?.[2] ?? DEFAULT.port);
  if (match === null || port < 1 || port > 65_535) return null;
  const host = match[1].replace(/^\[|\]$/g, "").toLowerCase();
  const numeric = /^[0-9.]+$/.test(host);
  if (numeric && !/^(\d{1,3}\.){3}\d{1,3}$/.test(host)) return null;
  return { host, port };
}

/** @param {{host: string, port: number}} listen */
export function addressOf({ host, port }) {
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/**
 * Whether a TCP port is free.
 * @param {string} host
 * @param {number} port
 * @returns {Promise<boolean>}
 */
export async function isFree(host, port) {
  return (await listenProblem(host, port)) === null;
}

/**
 * Why nothing can listen on a TCP port, in words; null when it is free.
 * @param {string} host
 * @param {number} port
 * @returns {Promise<string | null>}
 */
export function listenProblem(host, port) {
  return new Promise((done) => {
    const server = createServer();
    server.once("error", ({ code }) => done(LISTEN_PROBLEMS[code] ?? `can’t be listened on (${code})`));
    server.listen({ host, port, exclusive: true }, () => server.close(() => done(null)));
  });
}

const LISTEN_PROBLEMS = {
  EADDRINUSE: "is already in use",
  EACCES: "may not be listened on by this user",
  EADDRNOTAVAIL: "is not an address of this machine",
  ENOTFOUND: "is not a name of this machine",
};

/**
 * The first free TCP port from `from` on.
 * @param {string} host
 * @param {number} from
 */
export async function nextFreePort(host, from) {
  for (let port = from; port <= 65_535; port++) if (await isFree(host, port)) return port;
  throw new Error(`no free port at or above ${from}`);
}
