#!/usr/bin/env node
// The launcher: `memfleet start|demo|dev|test|bench|hash-password`. It runs before anything is installed, so it and its
// static imports use only Node, and this file uses no syntax that an old Node cannot parse.
import { readFileSync } from "node:fs";

const COMMANDS = ["start", "demo", "dev", "test", "bench", "hash-password"];
const [name, ...args] = process.argv.slice(2);
const floor = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).engines.node;

if (!isAtLeast(process.versions.node, floor.replace(/^>=/, ""))) {
  console.error(`Memfleet requires Node ${floor} (found ${process.versions.node}).`);
  process.exit(1);
}
if (!COMMANDS.includes(name)) {
  console.error(`usage: memfleet ${COMMANDS.join("|")}`);
  process.exit(2);
}

const { watchForStop } = await import("./process/stop.mjs");
const { Refusal } = await import("./process/refusal.mjs");
const { run } = await import(`./commands/${name}.mjs`);
const stop = watchForStop();
try {
  process.exitCode = await run(args, stop);
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  if (error.message !== "") console.error(error.message);
  process.exitCode = error.exitCode;
}

/** Whether a version is at least another; both as `20.19` or `20.19.0`. */
function isAtLeast(version, least) {
  const [a, b] = [version, least].map((text) => text.split(".").map(Number));
  for (let i = 0; i < 3; i++) {
    if ((a[i] || 0) !== (b[i] || 0)) return (a[i] || 0) > (b[i] || 0);
  }
  return true;
}
