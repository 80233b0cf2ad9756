import { existsSync, readdirSync } from "node:fs";
import { startChild } from "../process/child.mjs";
import { Refusal } from "../process/refusal.mjs";
import { ensureBuild } from "../setup/build.mjs";
import { ensureDependencies } from "../setup/dependencies.mjs";
import { PROJECT } from "../setup/project.mjs";
import {
  BROWSER_PACKAGES,
  DEMO_PACKAGES,
  ENGINE_PACKAGES,
  ensureSystemPackages,
} from "../setup/system-packages.mjs";

/** Benchmarks that need no memcached. */
const WITHOUT_SERVERS = ["history", "metrics"];

/** One benchmark: `bench/<name>.ts`, with the rest of the arguments. */
export async function run([name, ...args], stop) {
  const folder = `${PROJECT}/bench`;
  const file = `${folder}/${name}.ts`;
  if (name === undefined || !/^[\w-]+$/.test(name) || !existsSync(file)) {
    const names = readdirSync(folder).flatMap((entry) => /^([\w-]+)\.ts$/.exec(entry)?.[1] ?? []);
    throw new Refusal(`usage: memfleet bench ${names.join("|")}`, 2);
  }
  await ensureDependencies(stop);
  if (!WITHOUT_SERVERS.includes(name)) await ensureSystemPackages(DEMO_PACKAGES, stop);
  if (name === "flush") await ensureSystemPackages(["libmemcached-tools"], stop);
  if (name === "history" && args.includes("--compare")) await ensureSystemPackages(ENGINE_PACKAGES, stop);
  if (name === "pages" || name === "screenshots") {
    await ensureSystemPackages(BROWSER_PACKAGES, stop);
    await ensureBuild(stop);
  }
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1" };
  const typescript = new URL("../../tests/typescript.mjs", import.meta.url).href;
  return startChild(process.execPath, ["--import", typescript, file, ...args], stop, { cwd: PROJECT, env })
    .ended;
}
