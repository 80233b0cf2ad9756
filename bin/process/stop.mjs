const PARENT_CHECK_MS = 500;
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * A signal that aborts once, when this process receives a stop signal (its `reason` is the signal's name) or its parent
 * exits: a signal sent to npm does not reach what npm runs.
 * @returns {AbortSignal}
 */
export function watchForStop() {
  const controller = new AbortController();
  const parent = process.ppid;
  const check = setInterval(() => {
    if (process.ppid !== parent) stop("SIGTERM");
  }, PARENT_CHECK_MS);
  check.unref();
  const stop = (signal) => {
    clearInterval(check);
    controller.abort(signal);
  };
  for (const signal of SIGNALS) process.on(signal, () => stop(signal));
  return controller.signal;
}

/**
 * Waits, at most until a stop.
 * @param {number} ms
 * @param {AbortSignal} stop
 * @returns {Promise<void>}
 */
export function pause(ms, stop) {
  return new Promise((resolve) => {
    if (stop.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      stop.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    stop.addEventListener("abort", end);
  });
}
