// Preloaded into the server: it stops when the launcher has exited for any reason.
import { isMainThread } from "node:worker_threads";

const CHECK_MS = 500;
const HARD_LIMIT_MS = 5_000;
const launcher = Number(process.env.MEMFLEET_LAUNCHER_PID);

if (isMainThread && launcher > 0) {
  const check = setInterval(() => {
    if (process.ppid === launcher) return;
    clearInterval(check);
    setTimeout(() => process.exit(1), HARD_LIMIT_MS).unref();
    process.kill(process.pid, "SIGTERM");
  }, CHECK_MS);
  check.unref();
}
