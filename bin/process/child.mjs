import { spawn } from "node:child_process";
import { constants } from "node:os";
import { Refusal } from "./refusal.mjs";

/** A child that does not stop within this time is killed. */
export const HARD_LIMIT_MS = 5_000;

/**
 * @typedef {object} Child
 * @property {import("node:child_process").ChildProcess} process
 * @property {Promise<number>} ended its exit code; 128 + the signal's number when a signal ended it
 */

/**
 * Starts a child in this process group. On a stop it is ended, at the latest after `HARD_LIMIT_MS`.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {AbortSignal} stop
 * @param {import("node:child_process").SpawnOptions} [options]
 * @returns {Child}
 */
export function startChild(command, args, stop, options = {}) {
  if (stop.aborted) throw stopped(stop);
  const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit"], ...options });
  const ended = new Promise((resolve, reject) => {
    let limit;
    const end = () => {
      child.kill(stop.reason);
      limit = setTimeout(() => child.kill("SIGKILL"), HARD_LIMIT_MS);
    };
    const settle = () => {
      clearTimeout(limit);
      stop.removeEventListener("abort", end);
    };
    stop.addEventListener("abort", end);
    child.once("error", (error) => {
      settle();
      reject(new Refusal(`Can’t start ${command}: ${error.message}`));
    });
    child.once("exit", (code, signal) => {
      settle();
      resolve(code ?? exitCodeOf(signal));
    });
  });
  return { process: child, ended };
}

/**
 * Runs a child to its end and returns its exit code.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {AbortSignal} stop
 * @param {import("node:child_process").SpawnOptions} [options]
 * @returns {Promise<number>}
 * @throws {Refusal} when it cannot be started, or on a stop
 */
export async function runChild(command, args, stop, options) {
  const code = await startChild(command, args, stop, options).ended;
  if (stop.aborted) throw stopped(stop);
  return code;
}

/** 128 + the signal's number, like shells. */
export function exitCodeOf(signal) {
  return 128 + (constants.signals[signal] ?? 0);
}

/** Ends a stopped command without a message and with the signal's exit code. */
export function stopped(stop) {
  return new Refusal("", exitCodeOf(stop.reason));
}
