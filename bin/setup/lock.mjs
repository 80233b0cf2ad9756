import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { stopped } from "../process/child.mjs";
import { pause } from "../process/stop.mjs";
import { PROJECT } from "./project.mjs";

const FILE = `${PROJECT}/.cache/setup.lock`;
const LOOK_AGAIN_MS = 200;

/**
 * Runs `work` while no other launcher installs or builds in this folder. A lock of an exited process is ignored.
 * @template Result
 * @param {AbortSignal} stop
 * @param {() => Promise<Result>} work
 * @returns {Promise<Result>}
 */
export async function withSetupLock(stop, work) {
  mkdirSync(`${PROJECT}/.cache`, { recursive: true });
  let announced = false;
  while (!take()) {
    if (!announced) console.error("Waiting for another setup in this folder …");
    announced = true;
    await pause(LOOK_AGAIN_MS, stop);
    if (stop.aborted) throw stopped(stop);
  }
  try {
    return await work();
  } finally {
    rmSync(FILE, { force: true });
  }
}

function take() {
  try {
    writeFileSync(FILE, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
  if (!holderLives()) rmSync(FILE, { force: true });
  return false;
}

function holderLives() {
  try {
    const pid = Number(readFileSync(FILE, "utf8"));
    // A lock that was just created and not yet written counts as taken.
    if (pid > 0) process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
