/**
 * What an operator should look at, worst first. Each rule says what was seen, in figures; the page puts it
 * into words. A rule never fires on what is not known.
 */
import type { Attention } from "@/lib/model/fleet.schema";
import type { Node } from "@/lib/model/node/node.schema";
import type { Sums } from "./recent";

/** What the rules look at for one node. Times are Unix milliseconds. */
export interface ObservedNode {
  readonly node: Node;
  readonly lastMinute: Sums;
  /** From an hour ago to five minutes ago. */
  readonly hourBefore: Sums;
  /** First minute in which the hit ratio was below halfway between then and now; null when it is not. */
  readonly hitRatioFellMs: number | null;
  /** Smallest `evicted_time` over the slab classes that evict, in seconds; null when not known. */
  readonly evictedAgeSeconds: number | null;
}

/** Rules' thresholds, in one place. Ratios 0..1, rates per second. */
export const ATTENTION_RULES = {
  hitRatioDrop: 0.1,
  hitRatioMinGets: 100,
  evictsYoungSeconds: 3600,
  evictsMinPerSecond: 1,
  connectionUse: 0.9,
  restartedSeconds: 15 * 60,
} as const;

const RANK = { critical: 0, warning: 1, info: 2 } as const;

/** Everything that needs attention, worst first. */
export function attentionOf(observed: readonly ObservedNode[]): Attention[] {
  return worstFirst(observed.flatMap(attentionOfNode));
}

/** Sorted by severity, then kind, then pool and node, numbers in names by their value: 10.0.0.9 before 10.0.0.10. */
export function worstFirst(entries: readonly Attention[]): Attention[] {
  return entries
    .map((entry) => ({ entry, name: `${sortable(entry.pool)} ${sortable(entry.node)}` }))
    .sort(
      (a, b) =>
        RANK[a.entry.severity] - RANK[b.entry.severity] ||
        kindRank(a.entry) - kindRank(b.entry) ||
        byText(a.name, b.name) ||
        byText(a.entry.node, b.entry.node),
    )
    .map(({ entry }) => entry);
}

function byText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** Kept, because thousands are sorted at every change of a fleet that is down. */
const SORTABLE = new Map<string, string>();
const SORTABLE_KEPT = 30_000;

/** As text in the order of its numbers, as far as they have fifteen digits. */
function sortable(name: string): string {
  let text = SORTABLE.get(name);
  if (text === undefined) {
    text = name.replace(/\d+/g, (digits) => digits.padStart(15, "0"));
    if (SORTABLE.size >= SORTABLE_KEPT) SORTABLE.clear();
    SORTABLE.set(name, text);
  }
  return text;
}

const KIND_ORDER: readonly Attention["kind"][] = [
  "status",
  "listenDisabled",
  "exposed",
  "storesRefused",
  "hitRatioFell",
  "evictsYoung",
  "connectionsNearLimit",
  "restarted",
  "evicts",
];

function kindRank(attention: Attention): number {
  return KIND_ORDER.indexOf(attention.kind);
}

/** What one node gives reason for, in no order. */
export function attentionOfNode(seen: ObservedNode): Attention[] {
  const { node } = seen;
  if (node.status === "unknown") return exposedAttention(seen);
  if (node.status !== "up") {
    return [
      ...exposedAttention(seen),
      entry(node, "status", "critical", node.statusSinceMs, {
        hitsPerSecond: seen.hourBefore.rate("get_hits"),
      }),
    ];
  }
  return [
    ...hitRatio(seen),
    ...memory(seen),
    ...connections(seen),
    ...restarted(seen),
    ...exposedAttention(seen),
  ];
}

/** What diagnosing found critical; it stays until a later look finds it mended. */
function exposedAttention({ node }: ObservedNode): Attention[] {
  const critical = node.findings?.critical ?? 0;
  return critical > 0 ? [entry(node, "exposed", "critical", null, { times: critical })] : [];
}

function hitRatio({
  node,
  lastMinute,
  hourBefore,
  hitRatioFellMs,
  evictedAgeSeconds,
}: ObservedNode): Attention[] {
  const now = lastMinute.hitRatio();
  const before = hourBefore.hitRatio();
  if (now === null || before === null) return [];
  const gets = Math.min(
    lastMinute.sum("get_hits") + lastMinute.sum("get_misses"),
    hourBefore.sum("get_hits") + hourBefore.sum("get_misses"),
  );
  if (gets < ATTENTION_RULES.hitRatioMinGets || before - now < ATTENTION_RULES.hitRatioDrop) return [];
  const evictionsPerSecond = lastMinute.rate("evictions");
  return [
    entry(node, "hitRatioFell", "warning", hitRatioFellMs, {
      before,
      now,
      evictionsPerSecond,
      ageSeconds: evictedAgeSeconds,
    }),
  ];
}

function memory({ node, lastMinute, evictedAgeSeconds }: ObservedNode): Attention[] {
  const found: Attention[] = [];
  const refused = (lastMinute.rate("store_no_memory") ?? 0) + (lastMinute.rate("store_too_large") ?? 0);
  if (refused > 0) found.push(entry(node, "storesRefused", "warning", null, { perSecond: refused }));
  const evictionsPerSecond = lastMinute.rate("evictions") ?? 0;
  if (evictionsPerSecond < ATTENTION_RULES.evictsMinPerSecond) return found;
  const young = evictedAgeSeconds !== null && evictedAgeSeconds < ATTENTION_RULES.evictsYoungSeconds;
  const unfetched = lastMinute.sum("evicted_unfetched") / lastMinute.sum("evictions");
  const figures = {
    perSecond: evictionsPerSecond,
    ageSeconds: evictedAgeSeconds,
    unfetched: Number.isFinite(unfetched) ? unfetched : null,
  };
  found.push(entry(node, young ? "evictsYoung" : "evicts", young ? "warning" : "info", null, figures));
  return found;
}

function connections({ node, lastMinute }: ObservedNode): Attention[] {
  const found: Attention[] = [];
  const disabled = lastMinute.sum("listen_disabled_num");
  if (disabled > 0) found.push(entry(node, "listenDisabled", "critical", null, { times: disabled }));
  const { currConnections, maxConnections } = node;
  if (
    currConnections !== null &&
    maxConnections !== null &&
    currConnections / maxConnections >= ATTENTION_RULES.connectionUse
  ) {
    found.push(
      entry(node, "connectionsNearLimit", "warning", null, {
        connections: currConnections,
        limit: maxConnections,
      }),
    );
  }
  return found;
}

function restarted({ node }: ObservedNode): Attention[] {
  const { uptimeSeconds, lastRestartMs } = node;
  if (lastRestartMs === null || uptimeSeconds === null || uptimeSeconds > ATTENTION_RULES.restartedSeconds)
    return [];
  return [entry(node, "restarted", "info", lastRestartMs, { uptimeSeconds })];
}

function entry(
  node: Node,
  kind: Attention["kind"],
  severity: Attention["severity"],
  sinceMs: number | null,
  figures: Record<string, number | null>,
): Attention {
  return { node: node.id, pool: node.pool, kind, severity, sinceMs, figures };
}
