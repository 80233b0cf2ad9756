/** Fleet changes of the last half minute, for a fleet reply that was in flight while they arrived. */
import type { FleetDelta } from "@/lib/fleet-sync/delta";

/** Longer than a request takes. */
const RECENT_MS = 30_000;

let recent: { readonly atMs: number; readonly changes: FleetDelta }[] = [];

export function recordChanges(changes: FleetDelta): void {
  const atMs = performance.now();
  recent = [...recent.filter((entry) => entry.atMs > atMs - RECENT_MS), { atMs, changes }];
}

/** Changes since `sinceMs` of `performance.now()`, oldest first. */
export function changesSince(sinceMs: number): FleetDelta[] {
  return recent.filter(({ atMs }) => atMs >= sinceMs).map(({ changes }) => changes);
}
