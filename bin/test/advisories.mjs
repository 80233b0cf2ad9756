import { spawn } from "node:child_process";
import { PROJECT } from "../setup/project.mjs";

/** Severities that fail the check. */
const SEVERE = ["high", "critical"];
const FETCH_MS = 20_000;

/**
 * @typedef {object} Advisories
 * @property {string | null} unreached why no advisory was read; null when the source answered
 * @property {string[]} severe packages with a high or critical advisory, such as `next (high)`
 */

/**
 * Asks npm's registry for advisories about the dependencies that the server runs with.
 * @param {AbortSignal} stop
 * @param {Record<string, string | undefined>} [env]
 * @returns {Promise<Advisories>}
 */
export async function readAdvisories(stop, env = process.env) {
  const args = ["audit", "--omit=dev", "--json", "--fetch-retries=0", `--fetch-timeout=${FETCH_MS}`];
  const report = parse(await outputOf("npm", args, stop, env));
  const packages = report?.vulnerabilities;
  if (packages === undefined) return { unreached: report?.message ?? "npm audit gave no report", severe: [] };
  const severe = Object.entries(packages).filter(([, { severity }]) => SEVERE.includes(severity));
  return { unreached: null, severe: severe.map(([name, { severity }]) => `${name} (${severity})`) };
}

function outputOf(program, args, signal, env) {
  return new Promise((done) => {
    const stdio = ["ignore", "pipe", "ignore"];
    const child = spawn(program, args, { cwd: PROJECT, env, signal, stdio });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (chunk) => {
      text += chunk;
    });
    child.once("error", () => done(""));
    child.once("close", () => done(text));
  });
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
