"use client";
import { useSyncExternalStore } from "react";

const never = () => () => undefined;

/** False on the server and until hydration: for content that only browsers render. */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}
