/** Every probe, in the order in which a node meets them: whether it can be reached first, what stores a key last. */
import { advisories } from "./advisories-probe";
import { authentication } from "./authentication";
import type { Probe } from "./contract";
import { health } from "./health";
import { listeners } from "./listeners";
import { reachability } from "./reachability";
import { roundTrip } from "./round-trip";
import { settings } from "./settings";
import { tls } from "./tls";
import { udpExposure } from "./udp-exposure";

export const REGISTRY: readonly Probe[] = [
  reachability,
  listeners,
  udpExposure,
  authentication,
  tls,
  advisories,
  settings,
  health,
  roundTrip,
];
