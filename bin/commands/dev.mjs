import { startChild } from "../process/child.mjs";
import { resolveListen } from "../server/listen.mjs";
import { ensureDependencies } from "../setup/dependencies.mjs";
import { callerFolder, installedProgram, PROJECT } from "../setup/project.mjs";

/** Runs Memfleet for development: pages reload on every edit. */
export async function run(args, stop) {
  const cwd = callerFolder("dev");
  await ensureDependencies(stop);
  const { host, port } = await resolveListen(process.env, cwd);
  const preload = `--import=${new URL("../server/peer-address.mjs", import.meta.url).href}`;
  const env = {
    ...process.env,
    NODE_OPTIONS: [process.env.NODE_OPTIONS, preload].filter(Boolean).join(" "),
    NEXT_TELEMETRY_DISABLED: "1",
    MEMFLEET_CWD: cwd,
  };
  // Next sets it itself, and warns about any other value.
  delete env.NODE_ENV;
  const next = ["dev", "--hostname", host, "--port", String(port), ...args];
  return startChild(installedProgram("next"), next, stop, { cwd: PROJECT, env }).ended;
}
