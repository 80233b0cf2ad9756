"use client";
/** How the event stream is doing, for this tab. Every page loads this: the stream itself comes later. */
import { useSyncExternalStore } from "react";

/** `connecting`: not open yet; `open`: live; `lost`: was refused or broke, trying again; `paused`: hidden. */
export type StreamState = "connecting" | "open" | "lost" | "paused";

let state: StreamState = "connecting";
const listeners = new Set<() => void>();

export function streamState(): StreamState {
  return state;
}

export function setStreamState(next: StreamState): void {
  if (next === state) return;
  state = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useStreamState(): StreamState {
  return useSyncExternalStore(subscribe, streamState, () => "connecting");
}
