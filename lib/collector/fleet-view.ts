/** The fleet reply: filtered, sorted, summed. Views of nodes are cached until the node changes. */

import type { FleetSummary } from "@/lib/fleet-sync/delta";
import { attentionOfNode, worstFirst } from "@/lib/metrics/attention";
import { healthOf } from "@/lib/metrics/health";
import { ratio } from "@/lib/metrics/ratio";
import { type NodeWithSums, totalsOf } from "@/lib/metrics/totals";
import { numberCursor, parseNumberCursor } from "@/lib/model/cursor";
import type { Attention, Fleet, Pool, Totals } from "@/lib/model/fleet.schema";
import type { FleetSort } from "@/lib/model/fleet-sort";
import type { FleetQuery } from "@/lib/model/http/queries";
import type { Node } from "@/lib/model/node/node.schema";
import type { Collector } from "./collector";
import type { Instant, NodeRecord } from "./node-record";
import { nodeSums, observe } from "./node-view";

export interface FleetFrame {
  readonly pollIntervalMs: number;
  readonly notices: Fleet["notices"];
  /** Pools with discovery, which are shown even without nodes. */
  readonly discoveredPools?: readonly Pick<Pool, "name" | "labels">[];
}

export class FleetView {
  private readonly views = new WeakMap<NodeRecord, NodeView>();
  private ranks: ReadonlyMap<string, number> = new Map();
  private ranked = -1;
  private changedMs: number;
  private changes = 0;
  private summed: { readonly changes: number; readonly sums: FleetSums } | null = null;

  constructor(
    private readonly collector: Collector,
    private readonly clock: () => Instant,
    /** Findings by severity; `Collector.notifyChanged` reports changes. */
    private readonly findings: (id: string) => Node["findings"] = () => null,
  ) {
    this.changedMs = clock().wallMs;
    collector.onChange(() => {
      this.changedMs = clock().wallMs;
      this.changes++;
    });
  }

  /** One node; null when it is not configured. */
  node(id: string): Node | null {
    const record = this.collector.get(id);
    return record ? this.view(record).sums.node : null;
  }

  /** Every node's view, in the order of the configuration. */
  nodes(): Node[] {
    return [...this.collector.all()].map((record) => this.view(record).sums.node);
  }

  /**
   * The fleet reply. Totals, pools and attention are over the nodes that match the filters.
   * @throws InputError for an invalid cursor
   */
  fleet(query: FleetQuery, { discoveredPools = [], ...frame }: FleetFrame): Fleet {
    const everything = [...this.collector.all()];
    const matched = everything.filter((record) => matches(this.view(record).sums.node, query));
    const nodes = matched.map((record) => this.view(record).sums);
    const pools = poolsOf(nodes);
    const attention = worstFirst(matched.flatMap((record) => this.view(record).attention));
    const sorted = sortNodes(
      nodes.map(({ node }) => node),
      query,
      attention,
      this.names(),
    );
    const from = query.cursor === undefined ? 0 : parseNumberCursor("o", query.cursor);
    const until = query.limit === undefined ? sorted.length : from + query.limit;
    return {
      atMs: this.changedMs,
      ...frame,
      configured: everything.length > 0 || discoveredPools.length > 0,
      totals: totalsOf(nodes),
      pools: [...pools, ...poolsWithoutNodes(pools, discoveredPools, query)],
      attention,
      nodes: sorted.slice(from, until),
      matched: sorted.length,
      nextCursor: until < sorted.length ? numberCursor("o", until) : null,
    };
  }

  /** The fleet reply without its nodes; summed up once per change, however many requests follow. */
  summary({ discoveredPools = [], ...frame }: FleetFrame): FleetSummary {
    if (this.summed?.changes !== this.changes) {
      this.summed = { changes: this.changes, sums: this.sum() };
    }
    const { count, pools, attention, totals } = this.summed.sums;
    return {
      atMs: this.changedMs,
      ...frame,
      configured: count > 0 || discoveredPools.length > 0,
      totals,
      pools: [...pools, ...poolsWithoutNodes(pools, discoveredPools, {})],
      attention,
    };
  }

  private sum(): FleetSums {
    const views = [...this.collector.all()].map((record) => this.view(record));
    const nodes = views.map(({ sums }) => sums);
    return {
      count: nodes.length,
      totals: totalsOf(nodes),
      pools: poolsOf(nodes),
      attention: worstFirst(views.flatMap(({ attention }) => attention)),
    };
  }

  /** The view of a node, computed once per change of the node. */
  private view(record: NodeRecord): NodeView {
    const cached = this.views.get(record);
    if (cached?.revision === record.revision) return cached;
    const { monoMs, wallMs } = this.clock();
    const { node, ...counters } = nodeSums(
      record,
      monoMs,
      this.collector.sharedProcesses.sameAs(record.node.id),
    );
    const diagnosed = { ...node, findings: this.findings(node.id) };
    const attention = worstFirst(attentionOfNode(observe(record, diagnosed, monoMs, wallMs)));
    const sums = { node: { ...diagnosed, health: healthOf(node.status, attention) }, ...counters };
    const view = { revision: record.revision, sums, attention };
    this.views.set(record, view);
    return view;
  }

  /** The rank of each node by pool and name. Cached, because comparing names dominates sorting. */
  private names(): ReadonlyMap<string, number> {
    if (this.ranked === this.collector.generation) return this.ranks;
    this.ranked = this.collector.generation;
    this.ranks = new Map(
      [...this.collector.all()]
        .map((record) => record.node)
        .sort((a, b) => COLLATOR.compare(a.pool, b.pool) || COLLATOR.compare(a.id, b.id))
        .map((node, rank) => [node.id, rank]),
    );
    return this.ranks;
  }
}

interface FleetSums {
  /** Number of nodes. */
  readonly count: number;
  readonly totals: Totals;
  readonly pools: Pool[];
  readonly attention: Attention[];
}

interface NodeView {
  readonly revision: number;
  readonly sums: NodeWithSums;
  readonly attention: readonly Attention[];
}

function matches(node: Node, query: FleetQuery): boolean {
  if (query.pool !== undefined && node.pool !== query.pool) return false;
  if (query.status !== undefined && node.status !== query.status) return false;
  if (query.version !== undefined && node.version !== query.version) return false;
  if (query.label !== undefined && !hasLabel(node, query.label)) return false;
  if (query.q === undefined) return true;
  const wanted = query.q.toLowerCase();
  const labels = Object.entries(node.labels).map(([name, value]) => `${name}=${value}`);
  return [node.id, node.pool, node.version ?? "", ...labels].some((text) =>
    text.toLowerCase().includes(wanted),
  );
}

function hasLabel(node: Node, label: string): boolean {
  const [name, ...rest] = label.split("=");
  const value = node.labels[name as string];
  return rest.length === 0 ? value !== undefined : value === rest.join("=");
}

const SORT_KEY: Record<Exclude<FleetSort, "worst">, (node: Node) => number | string | null> = {
  node: (node) => node.id,
  pool: (node) => node.pool,
  version: (node) => node.version,
  hitRatio: (node) => node.hitRatio,
  memory: (node) => ratio(node.bytes, node.limitMaxbytes),
  connections: (node) => node.currConnections,
  gets: (node) => node.getsPerSecond,
  uptime: (node) => node.uptimeSeconds,
  evictions: (node) => node.evictionsPerSecond,
};

/** Sorts as requested; nulls come last in both orders. */
function sortNodes(
  nodes: Node[],
  query: FleetQuery,
  attention: readonly Attention[],
  names: ReadonlyMap<string, number>,
): Node[] {
  const byName = (a: Node, b: Node) => (names.get(a.id) ?? 0) - (names.get(b.id) ?? 0);
  const sort = query.sort ?? "worst";
  const sign = query.order === "desc" ? -1 : 1;
  if (sort === "worst") {
    const positions = new Map<string, number>();
    attention.forEach((entry, index) => {
      if (!positions.has(entry.node) && entry.severity !== "info") positions.set(entry.node, index);
    });
    const rank = (node: Node) => positions.get(node.id) ?? Number.MAX_SAFE_INTEGER;
    return nodes.sort((a, b) => sign * (rank(a) - rank(b)) || byName(a, b));
  }
  const key = SORT_KEY[sort];
  return nodes.sort((a, b) => compare(key(a), key(b), sign) || byName(a, b));
}

function compare(a: number | string | null, b: number | string | null, sign: number): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  if (typeof a === "string" || typeof b === "string") return sign * COLLATOR.compare(String(a), String(b));
  return sign * (a - b);
}

const COLLATOR = new Intl.Collator("en", { numeric: true });

function poolsOf(nodes: readonly NodeWithSums[]): Pool[] {
  const groups = new Map<string, NodeWithSums[]>();
  for (const entry of nodes) {
    const group = groups.get(entry.node.pool);
    if (group) group.push(entry);
    else groups.set(entry.node.pool, [entry]);
  }
  return [...groups].map(([name, group]) => {
    const totals: Totals = totalsOf(group);
    return { name, labels: sharedLabels(group), ...totals };
  });
}

/** Discovered pools without nodes, unless a filter on nodes excludes them. */
function poolsWithoutNodes(
  found: readonly Pool[],
  discovered: readonly Pick<Pool, "name" | "labels">[],
  { pool, status, version, label, q }: FleetQuery,
): Pool[] {
  if ([status, version, label, q].some((filter) => filter !== undefined)) return [];
  const names = new Set(found.map(({ name }) => name));
  return discovered
    .filter(({ name }) => !names.has(name) && (pool === undefined || pool === name))
    .map(({ name, labels }) => ({ name, labels: { ...labels }, ...totalsOf([]) }));
}

/** The labels that all nodes of a pool share; discovery may add or change some. */
function sharedLabels(group: readonly NodeWithSums[]): Pool["labels"] {
  let shared = group[0]?.node.labels ?? {};
  for (const { node } of group) {
    if (node.labels === shared) continue;
    const same = Object.entries(shared).filter(([name, value]) => node.labels[name] === value);
    if (same.length < Object.keys(shared).length) shared = Object.fromEntries(same);
  }
  return shared;
}
