import { existsSync, readFileSync } from "node:fs";
import { runChild } from "../process/child.mjs";
import { Refusal } from "../process/refusal.mjs";
import { withSetupLock } from "./lock.mjs";
import { PROJECT } from "./project.mjs";

/**
 * Installs the dependencies when they are missing or differ from package-lock.json.
 * @param {AbortSignal} stop
 */
export async function ensureDependencies(stop) {
  if (!missing()) return;
  await withSetupLock(stop, async () => {
    if (!missing()) return;
    console.error("Installing dependencies …");
    const env = { ...process.env };
    // With NODE_ENV=production npm omits what the build needs.
    delete env.NODE_ENV;
    const args = ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
    const stdio = ["ignore", process.stderr, process.stderr];
    const code = await runChild("npm", args, stop, { cwd: PROJECT, env, stdio });
    if (code !== 0)
      throw new Refusal(`Installing dependencies failed. Run \`npm ci\` in ${PROJECT} for details.`);
  });
}

function missing() {
  const installed = `${PROJECT}/node_modules/.package-lock.json`;
  if (!existsSync(installed)) return true;
  return !isInstalled(readPackages(`${PROJECT}/package-lock.json`), readPackages(installed));
}

function readPackages(file) {
  return JSON.parse(readFileSync(file, "utf8")).packages;
}

/**
 * Whether the installed packages match the lock file. Packages for other platforms are optional and may be absent.
 * @param {Record<string, {version?: string, optional?: boolean}>} wanted `packages` of package-lock.json
 * @param {Record<string, {version?: string}>} installed `packages` of node_modules/.package-lock.json
 */
export function isInstalled(wanted, installed) {
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    if (path === "") return true;
    const found = installed[path];
    return found === undefined ? optional === true : found.version === version;
  });
}
