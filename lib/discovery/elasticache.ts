/**
 * The nodes of an ElastiCache cluster, from its configuration endpoint. A cluster has at least one node, so an empty list
 * is not credible. Nodes are identified by host name, as in certificates; a node without one by its IP address.
 */

import type { ElastiCacheSettings } from "@/lib/config/contract";
import { askClusterConfiguration } from "@/lib/memcached/elasticache/configuration";
import { NodeError } from "@/lib/model/errors";
import { formatHostPort } from "@/lib/model/node/node-address";
import { REASONS } from "@/lib/model/node/reasons";
import { type DiscoveryResult, type DiscoverySource, SourceUnavailable } from "./contract";
import { TargetList } from "./target-list";

const DEADLINES = { connectTimeoutMs: 3_000, timeoutMs: 8_000 };

export function openElastiCache(settings: ElastiCacheSettings): DiscoverySource {
  return { read: (signal) => read(settings, signal) };
}

async function read(
  { address, tls, refreshMs }: ElastiCacheSettings,
  signal: AbortSignal,
): Promise<DiscoveryResult> {
  const { nodes, unreadable } = await askClusterConfiguration({ address, tls }, DEADLINES, signal).catch(
    (error: unknown) => {
      throw error instanceof NodeError ? new SourceUnavailable(sentenceOf(error)) : error;
    },
  );
  const list = new TargetList();
  for (const { host, ip, port } of nodes) list.addAddress(formatHostPort(host || ip, port));
  for (const entry of unreadable) list.refuse(`found ${JSON.stringify(entry)}, allowed host|ip|port`);
  if (list.targets.length === 0) {
    throw new SourceUnavailable(["the cluster lists no usable node", ...list.problems].join("; "));
  }
  return { targets: list.targets, problems: list.problems, ttlMs: refreshMs };
}

/** Without the endpoint's address, which the source's name contains. */
function sentenceOf({ reason, detail }: NodeError): string {
  return detail === undefined ? REASONS[reason].en : `${REASONS[reason].en} (${detail})`;
}
