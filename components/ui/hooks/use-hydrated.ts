"use client";
import { useSyncExternalStore } from "react";

const never = () => () => undefined;

/** False on the server and until the page has taken over its HTML: for what only browsers render. */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}
