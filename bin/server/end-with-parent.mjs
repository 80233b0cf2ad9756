// Preloaded into the server: it ends when the launcher is gone, however that ended.
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
