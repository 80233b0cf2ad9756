/** Every probe, in the order they run: reachability first, the probe that stores a key last. */

import type { Probe } from "./contract";
import { advisories } from "./probes/advisories/probe";
import { authentication } from "./probes/authentication/probe";
import { health } from "./probes/health/probe";
import { listeners } from "./probes/listeners/probe";
import { reachability } from "./probes/reachability/probe";
import { roundTrip } from "./probes/round-trip/probe";
import { settings } from "./probes/settings/probe";
import { tls } from "./probes/tls/probe";
import { udpExposure } from "./probes/udp/probe";

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
