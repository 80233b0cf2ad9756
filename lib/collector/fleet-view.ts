/** The fleet as one answer: filtered, sorted, summed. Views of nodes are kept until the node changes. */
import { attentionOf } from "@/lib/metrics/attention";
import { type Tally, totalsOf } from "@/lib/metrics/totals";
import type { FleetQuery, FleetSort } from "@/lib/model/endpoints";
import { InputError } from "@/lib/model/errors";
import type { Attention, Fleet, Pool, Totals } from "@/lib/model/fleet";
import type { Node } from "@/lib/model/node";
import type { Collector } from "./collector";
import type { Instant, NodeRecord } from "./node-record";
import { observe, tallyOf } from "./node-view";

export interface FleetFrame {
  readonly pollIntervalMs: number;
  readonly notices: Fleet["notices"];
}

export class FleetView {
  private readonly views = new WeakMap<NodeRecord, { revision: number; tally: Tally }>();
  private changedMs: number;

  constructor(
    private readonly collector: Collector,
    private readonly clock: () => Instant,
  ) {
    this.changedMs = clock().wallMs;
    collector.onChange(() => {
      this.changedMs = clock().wallMs;
    });
  }

  /** One node; null when it is not configured. */
  node(id: string): Node | null {
    const record = this.collector.get(id);
    return record ? this.tally(record).node : null;
  }

  /** Every node's view, in the order of the configuration. */
  nodes(): Node[] {
    return [...this.collector.all()].map((record) => this.tally(record).node);
  }

  /**
   * The fleet reply. Totals, pools and attention are over the nodes that match the filters.
   * @throws InputError for a cursor that is not ours
   */
  fleet(query: FleetQuery, frame: FleetFrame): Fleet {
    const everything = [...this.collector.all()];
    const matched = everything.filter((record) => matches(this.tally(record).node, query));
    const tallies = matched.map((record) => this.tally(record));
    const attention = this.attention(matched);
    const sorted = sortNodes(
      tallies.map((tally) => tally.node),
      query,
      attention,
    );
    const from = query.cursor === undefined ? 0 : offsetOf(query.cursor);
    const until = query.limit === undefined ? sorted.length : from + query.limit;
    return {
      atMs: this.changedMs,
      ...frame,
      configured: everything.length > 0,
      totals: totalsOf(tallies),
      pools: poolsOf(tallies),
      attention,
      nodes: sorted.slice(from, until),
      matched: sorted.length,
      nextCursor: until < sorted.length ? `o${until}` : null,
    };
  }

  private attention(records: readonly NodeRecord[]): Attention[] {
    const { monoMs, wallMs } = this.clock();
    return attentionOf(records.map((record) => observe(record, this.tally(record).node, monoMs, wallMs)));
  }

  private tally(record: NodeRecord): Tally {
    const known = this.views.get(record);
    if (known?.revision === record.revision) return known.tally;
    const tally = tallyOf(record, this.clock().monoMs);
    this.views.set(record, { revision: record.revision, tally });
    return tally;
  }
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
function sortNodes(nodes: Node[], query: FleetQuery, attention: readonly Attention[]): Node[] {
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

function byName(a: Node, b: Node): number {
  return COLLATOR.compare(a.pool, b.pool) || COLLATOR.compare(a.id, b.id);
}

function quotient(over: number | null, under: number | null): number | null {
  return over === null || !under ? null : over / under;
}

function poolsOf(tallies: readonly Tally[]): Pool[] {
  const groups = new Map<string, Tally[]>();
  for (const tally of tallies) {
    const group = groups.get(tally.node.pool);
    if (group) group.push(tally);
    else groups.set(tally.node.pool, [tally]);
  }
  return [...groups].map(([name, group]) => {
    const totals: Totals = totalsOf(group);
    return { name, labels: group[0]?.node.labels ?? {}, ...totals };
  });
}

function offsetOf(cursor: string): number {
  const match = /^o(\d{1,9})$/.exec(cursor);
  if (!match)
    throw new InputError([
      { field: "cursor", found: JSON.stringify(cursor), allowed: "nextCursor of an earlier answer" },
    ]);
  return Number(match[1]);
}
