import "server-only";
import { encodeFleet, type FleetColumns } from "@/lib/fleet-sync/fleet-columns";
import { getRuntime } from "@/lib/server/runtime";

/** Enough for the first screen; the browser reads the rest of a larger fleet. */
const FIRST_NODES = 60;
/** Attention entries for the first screen, however many nodes are affected. */
const FIRST_ATTENTION = 200;

/** The fleet for the first render, without what is below the first screen. */
export function initialFleet(): FleetColumns {
  const fleet = getRuntime().fleet({ limit: FIRST_NODES });
  const attention = fleet.nextCursor === null ? fleet.attention : fleet.attention.slice(0, FIRST_ATTENTION);
  return encodeFleet({ ...fleet, attention });
}
