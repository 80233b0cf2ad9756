import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memcachedAccount } from "./account.mjs";
import { DemoFleet } from "./fleet.mjs";
import { startGuardian } from "./guardian.mjs";
import { configurationOf, planNodes } from "./plan.mjs";
import { makeSecrets } from "./secrets.mjs";
import { startTraffic } from "./traffic.mjs";

/**
 * @typedef {object} Demo
 * @property {string} file the configuration over it
 * @property {readonly import("./plan.mjs").DemoNode[]} nodes
 * @property {DemoFleet} fleet
 * @property {() => Promise<void>} close ends every process and removes every file
 */

/**
 * Starts the demo's memcached processes and traffic on them. All its files lie in one temporary folder.
 * @param {AbortSignal} stop
 * @returns {Promise<Demo>}
 */
export async function startDemo(stop) {
  const folder = mkdtempSync(join(tmpdir(), "memfleet-demo-"));
  const guardian = startGuardian(folder);
  const closers = [() => guardian.close()];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const account = memcachedAccount();
    const { nodes, secrets, file } = await prepare(folder, account);
    const fleet = new DemoFleet(nodes, account, guardian, stop);
    closers.push(() => fleet.close());
    await fleet.start();
    const traffic = startTraffic(nodes, secrets);
    closers.push(() => traffic.close());
    return { file, nodes, fleet, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What the nodes read belongs to the account that they run as. */
async function prepare(folder, account) {
  const own = join(folder, "nodes");
  mkdirSync(own, { mode: 0o700 });
  const secrets = makeSecrets(own);
  const nodes = await planNodes(secrets, own);
  if (account !== null) {
    chmodSync(folder, 0o711);
    giveTo(own, account);
  }
  const file = join(folder, "memfleet.yaml");
  writeFileSync(file, configurationOf(nodes, secrets, join(folder, "data")));
  return { nodes, secrets, file };
}

function giveTo(path, { uid, gid }) {
  chownSync(path, uid, gid);
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const child = join(path, entry.name);
    if (entry.isDirectory()) giveTo(child, { uid, gid });
    else chownSync(child, uid, gid);
  }
}
