"use client";
/** The state of the event stream in this tab. Every page loads this; the stream itself is loaded later. */
import { useSyncExternalStore } from "react";

/** `connecting`: not open yet; `open`: live; `lost`: failed, retrying; `paused`: the tab is hidden. */
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
