"use client";
import { useSyncExternalStore } from "react";
import { useNow } from "use-intl";

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let nowMs = 0;

function tick(): void {
  nowMs = Date.now();
  for (const listener of listeners) listener();
}

/** One clock for all displayed ages; it runs only while there are any. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === undefined) {
    tick();
    timer = setInterval(tick, 1_000);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** Now in Unix milliseconds, moving every second; during hydration the moment the server rendered. */
export function useNowMs(): number {
  const renderedMs = useNow().getTime();
  return useSyncExternalStore(
    subscribe,
    () => nowMs || renderedMs,
    () => renderedMs,
  );
}
