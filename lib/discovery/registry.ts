import type { DiscoverySettings } from "@/lib/config/contract";
import type { DiscoverySource } from "./contract";
import { openDns } from "./dns";
import { openElastiCache } from "./elasticache";
import { openFileSd } from "./file-sd";
import { openHttpSd } from "./http-sd";

/** Creates a source of any kind without reading it yet. */
export function openSource(settings: DiscoverySettings): DiscoverySource {
  switch (settings.kind) {
    case "fileSd":
      return openFileSd(settings);
    case "httpSd":
      return openHttpSd(settings);
    case "dns":
      return openDns(settings);
    case "elasticache":
      return openElastiCache(settings);
  }
}
