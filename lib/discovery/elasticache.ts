/**
 * The nodes of an ElastiCache cluster, from its configuration endpoint. A cluster has at least one node, so an
 * empty list is no answer to be believed. Nodes are known by their names, as certificates are; a node without a
 * name by its address.
 */

import { REASONS } from "@/lib/catalogue/reasons";
import type { ElastiCacheSettings } from "@/lib/config/contract";
import { askClusterConfiguration } from "@/lib/memcached/elasticache/configuration";
import { parseNodeAddress } from "@/lib/memcached/node-address";
import { NodeError } from "@/lib/model/errors";
import { formatHostPort, formatNodeAddress } from "@/lib/model/node/node-address";
import { type DiscoveryResult, type DiscoverySource, SourceUnavailable } from "./contract";
import { TargetList } from "./target-list";

const DEADLINES = { connectTimeoutMs: 3_000, timeoutMs: 8_000 };

export function openElastiCache(settings: ElastiCacheSettings): DiscoverySource {
  return { ask: (signal) => ask(settings, signal) };
}

async function ask(
  { address, tls, refreshMs }: ElastiCacheSettings,
  signal: AbortSignal,
): Promise<DiscoveryResult> {
  const { nodes, unreadable } = await askClusterConfiguration({ address, tls }, DEADLINES, signal).catch(
    (error: unknown) => {
      throw error instanceof NodeError ? new SourceUnavailable(sentenceOf(error)) : error;
    },
  );
  const list = new TargetList();
  for (const { host, ip, port } of nodes) {
    const text = formatHostPort(host || ip, port);
    const result = parseNodeAddress(text);
    if (result.ok) list.add({ id: formatNodeAddress(result.address), address: result.address, labels: {} });
    else list.refuse(`found ${JSON.stringify(text.slice(0, 300))}, allowed ${result.allowed}`);
  }
  for (const entry of unreadable) list.refuse(`found ${JSON.stringify(entry)}, allowed host|ip|port`);
  if (list.targets.length === 0) {
    throw new SourceUnavailable(["the cluster lists no node that can be used", ...list.faults].join("; "));
  }
  return { targets: list.targets, problems: list.faults, ttlMs: refreshMs };
}

/** Without the endpoint's address, which is the source's name. */
function sentenceOf({ reason, detail: seen }: NodeError): string {
  return seen === undefined ? REASONS[reason].en : `${REASONS[reason].en} (${seen})`;
}
