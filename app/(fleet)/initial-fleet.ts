import "server-only";
import { encodeFleet, type FleetColumns } from "@/lib/fleet-sync/fleet-columns";
import { getRuntime } from "@/lib/server/runtime";

/** Enough for the first screen; a browser asks for the rest of a larger fleet itself. */
const FIRST_NODES = 60;
/** When a whole fleet is in trouble, the first screen does not need all of it. */
const FIRST_ATTENTION = 200;

/** The fleet as the first page is rendered with it: everything but what is below the first screen. */
export function initialFleet(): FleetColumns {
  const fleet = getRuntime().fleet({ limit: FIRST_NODES });
  const attention = fleet.nextCursor === null ? fleet.attention : fleet.attention.slice(0, FIRST_ATTENTION);
  return encodeFleet({ ...fleet, attention });
}
