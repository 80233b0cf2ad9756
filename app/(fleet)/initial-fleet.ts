import "server-only";
import type { Fleet } from "@/lib/model/fleet";
import { getRuntime } from "@/lib/runtime";

/** Enough for the first screen; a browser asks for the rest of a larger fleet itself. */
const FIRST_NODES = 60;

/** The fleet as the first page is rendered with it: everything but the nodes below the first screen. */
export function initialFleet(): Fleet {
  return getRuntime().fleet({ limit: FIRST_NODES });
}
