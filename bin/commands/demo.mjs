import { startDemo } from "../demo/start.mjs";
import { nextFreePort, resolveListen } from "../server/listen.mjs";
import { serve } from "../server/serve.mjs";
import { ensureBuild } from "../setup/build.mjs";
import { ensureDependencies } from "../setup/dependencies.mjs";
import { callerFolder } from "../setup/project.mjs";
import { DEMO_PACKAGES, ensureSystemPackages } from "../setup/system-packages.mjs";

/** Runs real memcached processes on loopback, traffic against them, and the dashboard. */
export async function run(_args, stop) {
  const cwd = callerFolder("demo");
  await ensureDependencies(stop);
  await ensureSystemPackages(DEMO_PACKAGES, stop);
  await ensureBuild(stop);
  const demo = await startDemo(stop);
  try {
    const env = demoEnvironment(demo.file);
    const listen = await demoListen(env, cwd);
    env.MEMFLEET_LISTEN ??= `${listen.host}:${listen.port}`;
    return await serve({ listen, cwd, env, stop, onReady: (address) => printReady(address, demo) });
  } finally {
    await demo.close();
  }
}

/** Memfleet’s settings and lists of servers. */
const SETTINGS = /^MEMFLEET_|^(?:MEMCACHED|MEMCACHIER|MEMCACHE)_SERVERS$/;

/** The caller's environment without its own Memfleet settings, except for address and data folder. */
function demoEnvironment(file) {
  const { MEMFLEET_LISTEN, MEMFLEET_DATA_DIR, ...rest } = process.env;
  const env = Object.fromEntries(Object.entries(rest).filter(([name]) => !SETTINGS.test(name)));
  if (MEMFLEET_LISTEN) env.MEMFLEET_LISTEN = MEMFLEET_LISTEN;
  if (MEMFLEET_DATA_DIR) env.MEMFLEET_DATA_DIR = MEMFLEET_DATA_DIR;
  return { ...env, MEMFLEET_CONFIG: file };
}

/** The configured address; otherwise the default, or the next free port. */
async function demoListen(env, cwd) {
  const listen = await resolveListen(env, cwd);
  return env.MEMFLEET_LISTEN ? listen : { ...listen, port: await nextFreePort(listen.host, listen.port) };
}

function printReady(address, { nodes, fleet }) {
  const width = Math.max(...nodes.map((node) => node.id.length));
  const rows = nodes.map((node) => {
    const pid = fleet.pid(node);
    return `  ${node.pool.padEnd(9)} ${node.id.padEnd(width)}  ${node.about}${pid === null ? "" : `, pid ${pid}`}`;
  });
  console.log(
    `\n${rows.join("\n")}\n\nMemfleet is ready at ${address}\nPress Ctrl-C to stop it and everything it started.`,
  );
}
