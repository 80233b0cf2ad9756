import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { createConnection } from "node:net";
import { pause } from "../process/stop.mjs";
import { findProgram } from "../setup/system-packages.mjs";

const READY_WITHIN_MS = 5_000;
const RETRY_MS = 20;
/** A node that exits, or that a user kills to see the effect, is restarted. */
const RESTART_DELAY_MS = 20_000;
const HARD_LIMIT_MS = 2_000;

/** The demo's memcached processes. */
export class DemoFleet {
  #children = new Map();
  #closing = new AbortController();

  /**
   * @param {readonly import("./plan.mjs").DemoNode[]} nodes
   * @param {{name: string} | null} account to run as
   * @param {ReturnType<typeof import("./guardian.mjs").startGuardian>} guardian
   * @param {AbortSignal} stop a node that exits after this is not restarted
   */
  constructor(nodes, account, guardian, stop) {
    this.nodes = nodes;
    this.account = account;
    this.guardian = guardian;
    this.over = AbortSignal.any([stop, this.#closing.signal]);
  }

  /** Starts the nodes that run, and waits until each accepts connections or has exited or timed out. */
  async start() {
    const running = this.nodes.filter((node) => node.runs);
    for (const node of running) this.#spawn(node);
    await Promise.all(running.map((node) => this.#ready(node)));
  }

  /** Process id of a node; null when it is not running. */
  pid(node) {
    return this.#children.get(node.id)?.pid ?? null;
  }

  /** Stops all nodes and waits for their exit. */
  async close() {
    this.#closing.abort();
    await Promise.all([...this.#children.values()].map(endChild));
  }

  #spawn(node) {
    if (this.over.aborted) return;
    if (node.address.path) rmSync(node.address.path, { force: true });
    const args = this.account === null ? node.args : ["-u", this.account.name, ...node.args];
    const env = { ...process.env, ...node.env };
    const child = spawn(findProgram("memcached"), args, { env, stdio: ["ignore", "ignore", "pipe"] });
    child.stderr.setEncoding("utf8").on("data", (text) => process.stderr.write(`${node.id}: ${text}`));
    child.once("error", (error) => console.error(`${node.id}: ${error.message}`));
    if (child.pid === undefined) return;
    const { pid } = child;
    this.#children.set(node.id, child);
    this.guardian.add(pid);
    child.once("exit", () => {
      this.guardian.remove(pid);
      this.#children.delete(node.id);
      if (!this.over.aborted) void this.#restart(node);
    });
  }

  async #restart(node) {
    console.error(`${node.id} exited; restarting in ${RESTART_DELAY_MS / 1_000} s`);
    await pause(RESTART_DELAY_MS, this.over);
    this.#spawn(node);
  }

  async #ready(node) {
    const until = Date.now() + READY_WITHIN_MS;
    while (Date.now() < until && this.#children.has(node.id)) {
      if (await accepts(node.address)) return;
      await pause(RETRY_MS, this.over);
    }
    console.error(`${node.id} (${node.about}) did not start`);
  }
}

function accepts(address) {
  return new Promise((done) => {
    const socket = createConnection(address);
    socket.once("connect", () => {
      socket.destroy();
      done(true);
    });
    socket.once("error", () => done(false));
  });
}

function endChild(child) {
  return new Promise((resolve) => {
    const limit = setTimeout(() => child.kill("SIGKILL"), HARD_LIMIT_MS);
    child.once("exit", () => {
      clearTimeout(limit);
      resolve();
    });
    child.kill("SIGTERM");
    // A node that a user suspended must be resumed before it can exit.
    child.kill("SIGCONT");
  });
}
