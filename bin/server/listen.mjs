import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { resolve } from "node:path";

const DEFAULT = { host: "127.0.0.1", port: 3000 };

/**
 * Where the server is to listen, by the server's own rules (MEMFLEET_LISTEN, else `listen` of the file) but leniently:
 * whatever is wrong becomes the default on loopback, and the server then says what is wrong and refuses to start.
 * So no mistake ever makes it listen on a network.
 * @param {Record<string, string | undefined>} env
 * @param {string} cwd
 * @returns {Promise<{host: string, port: number}>}
 */
export async function resolveListen(env, cwd) {
  if (env.MEMFLEET_LISTEN) return parseLoopback(env.MEMFLEET_LISTEN) ?? DEFAULT;
  try {
    const { parse } = await import("yaml");
    const file = resolve(cwd, env.MEMFLEET_CONFIG || "memfleet.yaml");
    return parseLoopback(parse(readFileSync(file, "utf8"))?.listen) ?? DEFAULT;
  } catch {
    return DEFAULT;
  }
}

/**
 * Host (without brackets) and port of `127.0.0.1:3000`, `[::1]:3000` or `localhost:3000`; null for anything else.
 * @param {unknown} text
 */
export function parseLoopback(text) {
  const match = /^(localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::(\d{1,5}))?$/i.exec(String(text));
  const port = Number(match?.[2] ?? DEFAULT.port);
  if (match === null || port < 1 || port > 65_535) return null;
  return { host: match[1].replace(/^\[|\]$/g, "").toLowerCase(), port };
}

/** @param {{host: string, port: number}} listen */
export function addressOf({ host, port }) {
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/**
 * Whether a TCP port can be listened on now.
 * @param {string} host
 * @param {number} port
 * @returns {Promise<boolean>}
 */
export function isFree(host, port) {
  return new Promise((done) => {
    const server = createServer();
    server.once("error", () => done(false));
    server.listen({ host, port, exclusive: true }, () => server.close(() => done(true)));
  });
}

/**
 * The first free TCP port from `from` on.
 * @param {string} host
 * @param {number} from
 */
export async function nextFreePort(host, from) {
  for (let port = from; port <= 65_535; port++) if (await isFree(host, port)) return port;
  throw new Error(`no free port from ${from} on`);
}
