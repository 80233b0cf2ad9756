"use client";
import { useSyncExternalStore } from "react";

const never = () => () => {};

/** Memfleet's own address as the browser sees it; null until hydration. */
export function useOrigin(): string | null {
  return useSyncExternalStore(
    never,
    () => window.location.origin,
    () => null,
  );
}
