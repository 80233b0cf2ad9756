import { createHash } from "node:crypto";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runChild } from "../process/child.mjs";
import { Refusal } from "../process/refusal.mjs";
import { withSetupLock } from "./lock.mjs";
import { installedProgram, PROJECT } from "./project.mjs";

/** Sources of a build. */
const SOURCES = [
  "app",
  "components",
  "lib",
  "public",
  "instrumentation.ts",
  "proxy.ts",
  "next.config.ts",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
];

export const STANDALONE = `${PROJECT}/.next/standalone`;

/**
 * Builds the server when its sources have changed since the last build.
 * @param {AbortSignal} stop
 */
export async function ensureBuild(stop) {
  if (isBuilt(PROJECT)) return;
  await withSetupLock(stop, async () => {
    if (isBuilt(PROJECT)) return;
    console.error("Building …");
    const fingerprint = fingerprintOf(PROJECT);
    const env = { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" };
    const stdio = ["ignore", process.stderr, process.stderr];
    rmSync(stampOf(PROJECT), { force: true });
    const code = await runChild(installedProgram("next"), ["build"], stop, { cwd: PROJECT, env, stdio });
    if (code !== 0) throw new Refusal("The build failed; see the output above.");
    copyBeside("public", "public");
    copyBeside(".next/static", ".next/static");
    writeFileSync(stampOf(PROJECT), fingerprint);
  });
}

/**
 * Whether a folder has a complete build of its current sources.
 * @param {string} project
 */
export function isBuilt(project) {
  const stamp = stampOf(project);
  if (!existsSync(stamp) || !existsSync(join(project, ".next/standalone/server.js"))) return false;
  return readFileSync(stamp, "utf8") === fingerprintOf(project);
}

/**
 * A digest of all sources by content, so that changed file times alone cause no build.
 * @param {string} project
 */
export function fingerprintOf(project) {
  const digest = createHash("sha256");
  for (const file of SOURCES.flatMap((name) => filesUnder(project, name))) {
    const content = readFileSync(join(project, file));
    digest.update(`${file}\0${content.length}\0`).update(content);
  }
  return digest.digest("hex");
}

function filesUnder(project, name) {
  const path = join(project, name);
  if (!existsSync(path)) return [];
  const entries = readdirSyncOrNull(path);
  if (entries === null) return /\.test\.tsx?$/.test(name) ? [] : [name];
  return entries.sort().flatMap((entry) => filesUnder(project, join(name, entry)));
}

function readdirSyncOrNull(path) {
  try {
    return readdirSync(path);
  } catch (error) {
    if (error.code === "ENOTDIR") return null;
    throw error;
  }
}

function stampOf(project) {
  return join(project, ".next/memfleet-build");
}

/** The standalone server serves static files only from its own folder. */
function copyBeside(from, to) {
  const source = join(PROJECT, from);
  if (existsSync(source)) cpSync(source, join(STANDALONE, to), { recursive: true });
}
