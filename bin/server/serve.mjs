import { get } from "node:http";
import { startChild } from "../process/child.mjs";
import { Refusal } from "../process/refusal.mjs";
import { pause } from "../process/stop.mjs";
import { STANDALONE } from "../setup/build.mjs";
import { addressOf, listenProblem, nextFreePort } from "./listen.mjs";

const CHECK_MS = 50;
/** Ports from here on are tried for a server that only checks the configuration. */
const CHECK_PORT = 30_000;
const PRELOADS = [
  "./readable-paths.mjs",
  "./request-rules.mjs",
  "./end-with-parent.mjs",
  "./compressible-answers.mjs",
  "./peer-address.mjs",
];

/**
 * Runs the built server until it ends, and returns its exit code.
 * @param {object} options
 * @param {{host: string, port: number}} options.listen
 * @param {string} options.cwd base of relative paths in its configuration
 * @param {Record<string, string | undefined>} options.env
 * @param {AbortSignal} options.stop
 * @param {(address: string) => void} options.onReady called once, when it responds
 * @returns {Promise<number>}
 */
export async function serve({ listen, cwd, env, stop, onReady }) {
  const problem = await listenProblem(listen.host, listen.port);
  if (problem !== null) {
    await checkConfiguration({ cwd, env, stop });
    throw new Refusal(`${listen.host}:${listen.port} ${problem}. Set MEMFLEET_LISTEN to another address.`);
  }
  const child = startServer(listen, cwd, env, stop);
  const ended = new AbortController();
  child.ended.catch(() => {}).finally(() => ended.abort());
  if (await responds(listen, AbortSignal.any([stop, ended.signal]))) onReady(addressOf(listen));
  return child.ended;
}

/**
 * Reports what is wrong with the configuration. A used port, which may be only the default one because the file cannot
 * be read, must not hide it.
 * @throws {Refusal} with the problems already printed
 */
async function checkConfiguration({ cwd, env, stop }) {
  const listen = { host: "127.0.0.1", port: await nextFreePort("127.0.0.1", CHECK_PORT) };
  const code = await startServer(listen, cwd, { ...env, MEMFLEET_CHECK_ONLY: "1" }, stop).ended;
  if (code !== 0) throw new Refusal("", code);
}

function startServer(listen, cwd, env, stop) {
  const preloads = PRELOADS.flatMap((file) => ["--import", new URL(file, import.meta.url).href]);
  return startChild(process.execPath, [...preloads, `${STANDALONE}/server.js`], stop, {
    cwd: STANDALONE,
    // Next prints a banner there, also before Memfleet refuses to start. Memfleet’s own lines go to standard error.
    stdio: ["ignore", "ignore", "inherit"],
    env: {
      ...env,
      NODE_ENV: "production",
      NEXT_TELEMETRY_DISABLED: "1",
      // The server closes its streams and its store itself; Next would wait for open streams for minutes.
      NEXT_MANUAL_SIG_HANDLE: "true",
      HOSTNAME: listen.host,
      PORT: String(listen.port),
      MEMFLEET_CWD: cwd,
      MEMFLEET_LAUNCHER_PID: String(process.pid),
    },
  });
}

/** Waits until the server responds with any status; false when it stops before. */
async function responds({ host, port }, stopped) {
  while (!stopped.aborted) {
    const responded = await new Promise((done) => {
      const request = get({ host, port, path: "/-/healthy", timeout: 2_000 }, (response) => {
        response.resume();
        done(true);
      });
      request.once("timeout", () => request.destroy());
      request.once("error", () => done(false));
    });
    if (responded) return true;
    await pause(CHECK_MS, stopped);
  }
  return false;
}
