/** The fleet as one answer: filtered, sorted, summed. Views of nodes are kept until the node changes. */

import type { FleetSummary } from "@/lib/fleet-sync/delta";
import { attentionOfNode, worstFirst } from "@/lib/metrics/attention";
import { type NodeWithSums, totalsOf } from "@/lib/metrics/totals";
import { InputError } from "@/lib/model/errors";
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
  /** The pools that discovery fills: they are there even while nobody has been found. */
  readonly discoveredPools?: readonly Pick<Pool, "name" | "labels">[];
}

export class FleetView {
  private readonly views = new WeakMap<NodeRecord, NodeView>();
  private ranks: ReadonlyMap<string, number> = new Map();
  private ranked = -1;
  private changedMs: number;
  private changes = 0;
  private summed: { readonly changes: number; readonly figures: Summed } | null = null;

  constructor(
    private readonly collector: Collector,
    private readonly clock: () => Instant,
    /** What diagnosing counted; `Collector.touch` tells when that changed. */
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
   * @throws InputError for a cursor that is not ours
   */
  fleet(query: FleetQuery, { discoveredPools = [], ...frame }: FleetFrame): Fleet {
    const everything = [...this.collector.all()];
    const matched = everything.filter((record) => matches(this.view(record).sums.node, query));
    const tallies = matched.map((record) => this.view(record).sums);
    const pools = poolsOf(tallies);
    const attention = worstFirst(matched.flatMap((record) => this.view(record).attention));
    const sorted = sortNodes(
      tallies.map((tally) => tally.node),
      query,
      attention,
      this.names(),
    );
    const from = query.cursor === undefined ? 0 : offsetOf(query.cursor);
    const until = query.limit === undefined ? sorted.length : from + query.limit;
    return {
      atMs: this.changedMs,
      ...frame,
      configured: everything.length > 0 || discoveredPools.length > 0,
      totals: totalsOf(tallies),
      pools: [...pools, ...poolsWithoutNodes(pools, discoveredPools, query)],
      attention,
      nodes: sorted.slice(from, until),
      matched: sorted.length,
      nextCursor: until < sorted.length ? `o${until}` : null,
    };
  }

  /** The fleet reply without its nodes; summed up once per change, however many ask. */
  summary({ discoveredPools = [], ...frame }: FleetFrame): FleetSummary {
    if (this.summed?.changes !== this.changes) {
      this.summed = { changes: this.changes, figures: this.sum() };
    }
    const { tallies, pools, attention, totals } = this.summed.figures;
    return {
      atMs: this.changedMs,
      ...frame,
      configured: tallies > 0 || discoveredPools.length > 0,
      totals,
      pools: [...pools, ...poolsWithoutNodes(pools, discoveredPools, {})],
      attention,
    };
  }

  private sum(): Summed {
    const views = [...this.collector.all()].map((record) => this.view(record));
    const tallies = views.map(({ sums: tally }) => tally);
    return {
      tallies: tallies.length,
      totals: totalsOf(tallies),
      pools: poolsOf(tallies),
      attention: worstFirst(views.flatMap(({ attention }) => attention)),
    };
  }

  /** What a node looks like, worked out once per change of the node. */
  private view(record: NodeRecord): NodeView {
    const known = this.views.get(record);
    if (known?.revision === record.revision) return known;
    const { monoMs, wallMs } = this.clock();
    const { node, ...counters } = nodeSums(record, monoMs);
    const sums = { node: { ...node, findings: this.findings(node.id) }, ...counters };
    const attention = attentionOfNode(observe(record, sums.node, monoMs, wallMs));
    const view = { revision: record.revision, sums, attention };
    this.views.set(record, view);
    return view;
  }

  /** The place of each node when sorted by pool and name; comparing names anew each time would cost most. */
  private names(): ReadonlyMap<string, number> {
    if (this.ranked === this.collector.generation) return this.ranks;
    this.ranked = this.collector.generation;
    this.ranks = new Map(
      [...this.collector.all()]
        .map((record) => record.node)
        .sort((a, b) => COLLATOR.compare(a.pool, b.pool) || COLLATOR.compare(a.id, b.id))
        .map((node, place) => [node.id, place]),
    );
    return this.ranks;
  }
}

interface Summed {
  /** How many nodes were summed. */
  readonly tallies: number;
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
  memory: (node) => quotient(node.bytes, node.limitMaxbytes),
  connections: (node) => node.currConnections,
  gets: (node) => node.getsPerSecond,
  uptime: (node) => node.uptimeSeconds,
  evictions: (node) => node.evictionsPerSecond,
};

/** Sorted as asked; what is not known comes last either way. */
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
    const place = new Map<string, number>();
    attention.forEach((entry, index) => {
      if (!place.has(entry.node) && entry.severity !== "info") place.set(entry.node, index);
    });
    const rank = (node: Node) => place.get(node.id) ?? Number.MAX_SAFE_INTEGER;
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

function quotient(over: number | null, under: number | null): number | null {
  return over === null || !under ? null : over / under;
}

function poolsOf(tallies: readonly NodeWithSums[]): Pool[] {
  const groups = new Map<string, NodeWithSums[]>();
  for (const tally of tallies) {
    const group = groups.get(tally.node.pool);
    if (group) group.push(tally);
    else groups.set(tally.node.pool, [tally]);
  }
  return [...groups].map(([name, group]) => {
    const totals: Totals = totalsOf(group);
    return { name, labels: sharedLabels(group), ...totals };
  });
}

/** Of the discovered pools those that have no node yet, unless a filter on nodes leaves them out. */
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

/** The labels that every node of a pool has: discovery may give some of them more, or others. */
function sharedLabels(group: readonly NodeWithSums[]): Pool["labels"] {
  let shared = group[0]?.node.labels ?? {};
  for (const { node } of group) {
    if (node.labels === shared) continue;
    const same = Object.entries(shared).filter(([name, value]) => node.labels[name] === value);
    if (same.length < Object.keys(shared).length) shared = Object.fromEntries(same);
  }
  return shared;
}

function offsetOf(cursor: string): number {
  const match = /^o(\d{1,9})$/.exec(cursor);
  if (!match)
    throw new InputError([
      { field: "cursor", found: JSON.stringify(cursor), allowed: "nextCursor of an earlier answer" },
    ]);
  return Number(match[1]);
}
