/**
 * What needs an operator's attention, worst first. Each rule gives its evidence as numbers; pages turn them into
 * sentences. A rule never fires on missing data.
 */
import type { Attention } from "@/lib/model/fleet.schema";
import type { Node } from "@/lib/model/node/node.schema";
import { ratio } from "./ratio";
import type { Sums } from "./recent";

/** Input of the rules for one node. Times are Unix milliseconds. */
export interface ObservedNode {
  readonly node: Node;
  readonly lastMinute: Sums;
  /** From an hour ago to five minutes ago. */
  readonly hourBefore: Sums;
  /** First minute with a hit ratio below halfway between the hour before and now; null when it did not fall. */
  readonly hitRatioFellMs: number | null;
  /** Smallest `evicted_time` over the slab classes that evict, in seconds; null when unknown. */
  readonly evictedAgeSeconds: number | null;
}

/** Thresholds of the rules. Ratios 0..1, rates per second. */
export const ATTENTION_RULES = {
  hitRatioDrop: 0.1,
  hitRatioMinGets: 100,
  evictsYoungSeconds: 3600,
  evictsMinPerSecond: 1,
  connectionUse: 0.9,
  restartedSeconds: 15 * 60,
} as const;

const RANK = { critical: 0, warning: 1, info: 2 } as const;

/** Sorted by severity, kind, pool and node; numbers in names by value: 10.0.0.9 before 10.0.0.10. */
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

/** Cached, because thousands of names are sorted at every change of a fleet that is down. */
const SORTABLE = new Map<string, string>();
const SORTABLE_LIMIT = 30_000;

/** Text that sorts numbers of up to fifteen digits by value. */
function sortable(name: string): string {
  let text = SORTABLE.get(name);
  if (text === undefined) {
    text = name.replace(/\d+/g, (digits) => digits.padStart(15, "0"));
    if (SORTABLE.size >= SORTABLE_LIMIT) SORTABLE.clear();
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

/** What needs attention on one node, in no order. */
export function attentionOfNode(observed: ObservedNode): Attention[] {
  const { node } = observed;
  if (node.status === "unknown") return exposedAttention(observed);
  if (node.status !== "up") {
    return [
      ...exposedAttention(observed),
      entry(node, "status", "critical", node.statusSinceMs, {
        hitsPerSecond: observed.hourBefore.rate("get_hits"),
      }),
    ];
  }
  return [
    ...hitRatioFell(observed),
    ...memory(observed),
    ...connections(observed),
    ...restarted(observed),
    ...exposedAttention(observed),
  ];
}

/** Critical findings of the last diagnosis. They remain until a later diagnosis clears them. */
function exposedAttention({ node }: ObservedNode): Attention[] {
  const critical = node.findings?.critical ?? 0;
  return critical > 0 ? [entry(node, "exposed", "critical", null, { times: critical })] : [];
}

function hitRatioFell({
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
  const figures = {
    perSecond: evictionsPerSecond,
    ageSeconds: evictedAgeSeconds,
    unfetched: ratio(lastMinute.sum("evicted_unfetched"), lastMinute.sum("evictions")),
  };
  found.push(entry(node, young ? "evictsYoung" : "evicts", young ? "warning" : "info", null, figures));
  return found;
}

function connections({ node, lastMinute }: ObservedNode): Attention[] {
  const found: Attention[] = [];
  const disabled = lastMinute.sum("listen_disabled_num");
  if (disabled > 0) found.push(entry(node, "listenDisabled", "critical", null, { times: disabled }));
  const { currConnections, maxConnections } = node;
  if ((ratio(currConnections, maxConnections) ?? 0) >= ATTENTION_RULES.connectionUse) {
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
