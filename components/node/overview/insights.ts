/**
 * Insights about a node for its overview, worst first. Pure: the page renders the sentences.
 *
 * Unknown values produce no insight, and a cause is only reported when a metric shows it.
 */

import { sumKnown } from "@/lib/metrics/ratio";
import type { Attention } from "@/lib/model/fleet.schema";
import type { SlabClass } from "@/lib/model/node/inspection.schema";
import type { FlushAttribution, Node } from "@/lib/model/node/node.schema";
import type { ReasonCode } from "@/lib/model/node/reasons";

/** Times are Unix milliseconds, ages seconds, shares and ratios 0..1, rates per second. */
export type NodeInsight =
  | { readonly kind: "notAsked" }
  | { readonly kind: "proxy" }
  | { readonly kind: "noStats" }
  | { readonly kind: "notTold" }
  | { readonly kind: "unreachable"; readonly reason: ReasonCode | null; readonly sinceMs: number | null }
  | { readonly kind: "lostHits"; readonly perSecond: number }
  | { readonly kind: "flushPending"; readonly atMs: number }
  | { readonly kind: "listenDisabled"; readonly times: number }
  | { readonly kind: "storesRefused"; readonly perSecond: number }
  | {
      readonly kind: "hitRatioFell";
      readonly before: number;
      readonly now: number;
      readonly sinceMs: number | null;
    }
  | {
      readonly kind: "evicting";
      readonly perSecond: number;
      readonly ageSeconds: number | null;
      readonly young: boolean;
    }
  | {
      readonly kind: "worstClass";
      readonly id: number;
      readonly evictions: number;
      readonly pages: number | null;
    }
  | { readonly kind: "nearMaxconns"; readonly connections: number; readonly limit: number }
  | { readonly kind: "restarted"; readonly atMs: number; readonly uptimeSeconds: number }
  | { readonly kind: "flushed"; readonly atMs: number; readonly by: FlushAttribution | null }
  | { readonly kind: "memory"; readonly use: number; readonly full: boolean }
  | { readonly kind: "hitRatio"; readonly now: number }
  | { readonly kind: "noGets" }
  | { readonly kind: "nothingEvicted"; readonly sinceStart: number | null };

export type NodeInsightKind = NodeInsight["kind"];

/** The tone of each insight. */
export const SEVERITY: Readonly<Record<NodeInsightKind, "crit" | "warn" | "plain">> = {
  notAsked: "plain",
  proxy: "plain",
  noStats: "plain",
  notTold: "warn",
  unreachable: "crit",
  lostHits: "crit",
  flushPending: "warn",
  listenDisabled: "crit",
  storesRefused: "warn",
  hitRatioFell: "warn",
  evicting: "plain",
  worstClass: "plain",
  nearMaxconns: "warn",
  restarted: "plain",
  flushed: "plain",
  memory: "plain",
  hitRatio: "plain",
  noGets: "plain",
  nothingEvicted: "plain",
};

/** A restart or a flush is worth mentioning for this long. */
const RECENT_SECONDS = 6 * 3600;

/** From this share of the limit on, memory counts as full: memcached keeps a few pages free. */
const FULL_SHARE = 0.9;

/**
 * Insights from the latest sample of `node`, its attention entries, and its slab classes (null when not
 * read).
 */
export function nodeInsights(
  node: Node,
  attention: readonly Attention[],
  classes: readonly SlabClass[] | null,
  nowMs: number,
): NodeInsight[] {
  const entries = attention.filter((entry) => entry.node === node.id);
  if (node.status === "unknown") return [{ kind: node.elsewhere ? "notTold" : "notAsked" }];
  if (node.status !== "up") return unreachable(node, entries);
  if (node.lacking.stats === "noStats") return [{ kind: "noStats" }];
  return [
    ...(node.proxy === null ? [] : [{ kind: "proxy" } as const]),
    ...pendingFlush(node, nowMs),
    ...refusals(entries),
    ...fallen(entries),
    ...nearMaxconns(entries),
    ...restart(node, nowMs),
    ...flush(node, nowMs),
    ...memory(node),
    ...evictions(node, entries, classes),
    ...hitRatio(node, entries),
  ];
}

function unreachable(node: Node, entries: readonly Attention[]): NodeInsight[] {
  const found: NodeInsight[] = [
    { kind: "unreachable", reason: node.statusCode, sinceMs: node.statusSinceMs },
  ];
  const perSecond = attentionValue(entries, "status", "hitsPerSecond");
  if (perSecond !== null && perSecond > 0) found.push({ kind: "lostHits", perSecond });
  return found;
}

function pendingFlush(node: Node, nowMs: number): NodeInsight[] {
  const { pendingFlushMs } = node;
  return pendingFlushMs !== null && pendingFlushMs > nowMs
    ? [{ kind: "flushPending", atMs: pendingFlushMs }]
    : [];
}

function refusals(entries: readonly Attention[]): NodeInsight[] {
  const found: NodeInsight[] = [];
  const times = attentionValue(entries, "listenDisabled", "times");
  if (times !== null) found.push({ kind: "listenDisabled", times });
  const perSecond = attentionValue(entries, "storesRefused", "perSecond");
  if (perSecond !== null) found.push({ kind: "storesRefused", perSecond });
  return found;
}

function fallen(entries: readonly Attention[]): NodeInsight[] {
  const before = attentionValue(entries, "hitRatioFell", "before");
  const now = attentionValue(entries, "hitRatioFell", "now");
  if (before === null || now === null) return [];
  const sinceMs = entries.find((entry) => entry.kind === "hitRatioFell")?.sinceMs ?? null;
  return [{ kind: "hitRatioFell", before, now, sinceMs }];
}

function nearMaxconns(entries: readonly Attention[]): NodeInsight[] {
  const connections = attentionValue(entries, "connectionsNearLimit", "connections");
  const limit = attentionValue(entries, "connectionsNearLimit", "limit");
  return connections === null || limit === null ? [] : [{ kind: "nearMaxconns", connections, limit }];
}

function restart(node: Node, nowMs: number): NodeInsight[] {
  const { uptimeSeconds } = node;
  if (uptimeSeconds === null || uptimeSeconds > RECENT_SECONDS) return [];
  const atMs = node.lastRestartMs ?? (node.atMs ?? nowMs) - uptimeSeconds * 1000;
  return [{ kind: "restarted", atMs, uptimeSeconds }];
}

function flush(node: Node, nowMs: number): NodeInsight[] {
  const { lastFlushMs } = node;
  if (lastFlushMs === null || nowMs - lastFlushMs > RECENT_SECONDS * 1000) return [];
  return [{ kind: "flushed", atMs: lastFlushMs, by: node.lastFlushBy }];
}

function memory(node: Node): NodeInsight[] {
  if (node.bytes === null || !node.limitMaxbytes) return [];
  const use = node.bytes / node.limitMaxbytes;
  return [{ kind: "memory", use, full: use >= FULL_SHARE }];
}

function evictions(
  node: Node,
  entries: readonly Attention[],
  classes: readonly SlabClass[] | null,
): NodeInsight[] {
  const perSecond = node.evictionsPerSecond;
  if (perSecond === null) return [];
  const total = classes === null ? null : sumKnown(classes.map((row) => row.evicted));
  if (perSecond === 0) return [{ kind: "nothingEvicted", sinceStart: total }];
  const young = entries.some((entry) => entry.kind === "evictsYoung");
  const worst = worstClass(classes ?? []);
  const ageSeconds =
    worst?.evictedTimeSeconds ?? attentionValue(entries, young ? "evictsYoung" : "evicts", "ageSeconds");
  const found: NodeInsight[] = [{ kind: "evicting", perSecond, ageSeconds, young }];
  if (worst !== null && total) {
    const pages = sumKnown((classes ?? []).map((row) => row.totalPages));
    found.push({
      kind: "worstClass",
      id: worst.id,
      evictions: (worst.evicted ?? 0) / total,
      pages: worst.totalPages === null || !pages ? null : worst.totalPages / pages,
    });
  }
  return found;
}

function hitRatio(node: Node, entries: readonly Attention[]): NodeInsight[] {
  if (entries.some((entry) => entry.kind === "hitRatioFell")) return [];
  if (node.hitRatio !== null) return [{ kind: "hitRatio", now: node.hitRatio }];
  // A proxy does not count the gets that it forwards.
  return node.getsPerSecond === 0 && node.proxy === null ? [{ kind: "noGets" }] : [];
}

/** The class with most evictions since the server started; null when none evicted. */
export function worstClass(classes: readonly SlabClass[]): SlabClass | null {
  let worst: SlabClass | null = null;
  for (const row of classes) {
    if ((row.evicted ?? 0) > (worst?.evicted ?? 0)) worst = row;
  }
  return worst;
}

function attentionValue(entries: readonly Attention[], kind: Attention["kind"], name: string): number | null {
  return entries.find((entry) => entry.kind === kind)?.figures[name] ?? null;
}
