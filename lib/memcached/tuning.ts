import type { Capability } from "@/lib/model/node/capability";
import type { Tuning } from "./contract";

/** The capability that a tuning command takes. */
export function capabilityOfTuning({ command }: Tuning): Capability {
  switch (command) {
    case "stats reset":
      return "stats";
    case "verbosity":
      return "verbosity";
    case "cache_memlimit":
      return "cache_memlimit";
    case "slabs automove":
      return "slabs_automove";
    case "slabs reassign":
      return "slabs_reassign";
  }
}
