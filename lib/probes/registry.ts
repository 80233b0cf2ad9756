/** Every probe, in the order in which a node meets them: what can be reached first, what stores a key last. */
import { advisories } from "./advisories-probe";
import type { Probe } from "./contract";
import { health } from "./health";
import { listeners } from "./listeners";
import { roundTrip } from "./round-trip";
import { settings } from "./settings";
import { udpExposure } from "./udp-exposure";

export const REGISTRY: readonly Probe[] = [listeners, udpExposure, advisories, settings, health, roundTrip];
