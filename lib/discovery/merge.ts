/** Merges the configured nodes with the lists of the sources. Pure. */
import type { FleetNode, FleetPool, PoolDiscovery } from "@/lib/config/contract";
import { type DiscoveredTarget, MAX_TARGETS } from "./contract";

/** The last good list of one source. */
export interface ListedNodes {
  readonly pool: string;
  /** The source's name. */
  readonly source: string;
  readonly targets: readonly DiscoveredTarget[];
}

export interface MergedFleet {
  /** In the order of the pools: configured nodes before discovered ones. */
  readonly nodes: readonly FleetNode[];
  /** The name of the source that listed a node; configured nodes have none. */
  readonly sources: ReadonlyMap<string, string>;
  /** Nodes that a source lists for a second pool. */
  readonly overlaps: readonly { readonly id: string; readonly pool: string; readonly also: string }[];
  /** Number of nodes beyond the limit. */
  readonly dropped: number;
}

/**
 * Each node occurs once: a configured node takes precedence over a listed one, otherwise the first pool of the
 * configuration and in it the first source. `before`: nodes whose objects are reused when unchanged.
 */
export function mergeFleet(
  configured: readonly FleetNode[],
  pools: readonly FleetPool[],
  discovery: readonly PoolDiscovery[],
  listed: readonly ListedNodes[],
  before: ReadonlyMap<string, FleetNode>,
): MergedFleet {
  const byId = new Map(configured.map((node) => [node.id, node]));
  const sources = new Map<string, string>();
  const overlaps: MergedFleet["overlaps"][number][] = [];
  const dropped = new Set<string>();
  const found = new Map<string, FleetNode[]>();
  for (const { pool, access } of discovery) {
    const settings = pools.find(({ name }) => name === pool);
    if (settings === undefined) continue;
    for (const list of listed.filter((entry) => entry.pool === pool)) {
      for (const target of list.targets) {
        const existing = byId.get(target.id);
        if (existing !== undefined) {
          if (existing.pool !== pool) overlaps.push({ id: target.id, pool: existing.pool, also: pool });
        } else if (byId.size >= MAX_TARGETS) {
          dropped.add(target.id);
        } else {
          const node = nodeOf(target, settings, access, before.get(target.id));
          byId.set(node.id, node);
          sources.set(node.id, list.source);
          const nodes = found.get(pool);
          if (nodes === undefined) found.set(pool, [node]);
          else nodes.push(node);
        }
      }
    }
  }
  const names = new Set(pools.map(({ name }) => name));
  const nodes = [
    ...pools.flatMap(({ name }) => [
      ...configured.filter((node) => node.pool === name),
      ...(found.get(name) ?? []),
    ]),
    ...configured.filter((node) => !names.has(node.pool)),
  ];
  return { nodes, sources, overlaps, dropped: dropped.size };
}

function nodeOf(
  { id, address, labels }: DiscoveredTarget,
  pool: FleetPool,
  access: PoolDiscovery["access"],
  before: FleetNode | undefined,
): FleetNode {
  const merged = { ...pool.labels, ...labels };
  const { protocol, credentials, tls } = access;
  const unchanged =
    before !== undefined &&
    before.pool === pool.name &&
    before.endpoint.protocol === protocol &&
    before.endpoint.credentials === credentials &&
    before.endpoint.tls === tls &&
    sameLabels(before.labels, merged);
  if (unchanged) return before;
  return { id, pool: pool.name, labels: merged, endpoint: { id, address, protocol, credentials, tls } };
}

function sameLabels(a: FleetNode["labels"], b: FleetNode["labels"]): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && a[name] === b[name])
  );
}
