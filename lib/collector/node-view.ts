/** A node record as a `Node` of the HTTP interface, and as the attention rules read it. */

import { requiredSlot } from "@/lib/catalogue/stats";
import { describeSystemCode } from "@/lib/catalogue/system-errors";
import type { ObservedNode } from "@/lib/metrics/attention";
import type { RecentCounters } from "@/lib/metrics/recent";
import type { NodeWithSums } from "@/lib/metrics/totals";
import type { Node } from "@/lib/model/node/node.schema";
import { REASONS, type ReasonCode } from "@/lib/model/node/reasons";
import { MINUTE_MS } from "@/lib/model/time";
import type { NodeRecord } from "./node-record";

const SLOT = {
  pid: requiredSlot("pid"),
  uptime: requiredSlot("uptime"),
  bytes: requiredSlot("bytes"),
  limitMaxbytes: requiredSlot("limit_maxbytes"),
  currConnections: requiredSlot("curr_connections"),
  maxConnections: requiredSlot("max_connections"),
  currItems: requiredSlot("curr_items"),
} as const;

/** The node of the HTTP interface, with the hits and misses that totals are summed from. */
export function nodeSums(
  record: NodeRecord,
  monoMs: number,
  sameProcessAs: readonly string[] = [],
): NodeWithSums {
  const up = record.status === "up";
  const minute = record.recent.lastMinute(monoMs);
  const read = (slot: number) => (up ? number(record.sample()[slot]) : null);
  const ratio = up ? minute.hitRatio() : null;
  const { capabilities, lacking, proxy } = record.client.capabilities();
  const { endpoint } = record.node;
  const inUse = record.client.addressInUse();
  const node: Node = {
    id: record.node.id,
    pool: record.node.pool,
    labels: record.node.labels,
    status: record.status,
    statusReason: reasonSentence(record),
    elsewhere: record.polledByPeer,
    statusCode: record.reason,
    statusSinceMs: record.health.sinceMs,
    // Known once the attention rules have read this node.
    health: { state: "unknown", cause: null },
    ...(inUse === null ? {} : { addressInUse: { ip: inUse.ip, others: [...inUse.others] } }),
    ...(sameProcessAs.length === 0 ? {} : { sameProcessAs: [...sameProcessAs] }),
    capabilities: [...capabilities],
    lacking,
    protocol: record.client.dialect()?.protocol ?? null,
    version: record.version,
    proxy,
    pid: number(record.sample()[SLOT.pid]),
    uptimeSeconds: read(SLOT.uptime),
    atMs: record.sampledMs,
    latencyMs: up && record.latencyMs !== null ? Math.round(record.latencyMs * 1000) / 1000 : null,
    auth: endpoint.credentials?.kind ?? "none",
    tls: endpoint.tls !== null,
    bytes: read(SLOT.bytes),
    limitMaxbytes: read(SLOT.limitMaxbytes),
    currConnections: read(SLOT.currConnections),
    maxConnections: read(SLOT.maxConnections) ?? (up ? number(record.facts.maxconns) : null),
    currItems: read(SLOT.currItems),
    hitRatio: ratio === null ? null : Math.round(ratio * 10_000) / 10_000,
    getsPerSecond: up ? rate(minute.rate("cmd_get")) : null,
    setsPerSecond: up ? rate(minute.rate("cmd_set")) : null,
    evictionsPerSecond: up ? rate(minute.rate("evictions")) : null,
    lastRestartMs: record.lastRestartMs,
    lastFlushMs: record.lastFlushMs,
    lastFlushBy: record.lastFlushMs === null ? null : record.flushes.effective,
    pendingFlushMs: record.pendingFlushMs,
    pendingFlushBy: record.pendingFlushMs === null ? null : record.flushes.latest,
    findings: null,
    alerts: null,
  };
  return { node, hits: up ? minute.sum("get_hits") : 0, misses: up ? minute.sum("get_misses") : 0 };
}

/** The same node as input of the attention rules. */
export function observe(record: NodeRecord, node: Node, monoMs: number, wallMs: number): ObservedNode {
  const lastMinute = record.recent.lastMinute(monoMs);
  const hourBefore = record.recent.between(monoMs - 60 * MINUTE_MS, monoMs - 5 * MINUTE_MS);
  return {
    node,
    lastMinute,
    hourBefore,
    hitRatioFellMs: fellAtMs(record.recent, hourBefore.hitRatio(), lastMinute.hitRatio(), monoMs, wallMs),
    evictedAgeSeconds: number(record.facts.evictedAgeSeconds),
  };
}

/** Walks back from now to the first minute below halfway between the ratio before and the ratio now. */
function fellAtMs(
  recent: RecentCounters,
  before: number | null,
  now: number | null,
  monoMs: number,
  wallMs: number,
): number | null {
  if (before === null || now === null || now >= before) return null;
  const halfway = (before + now) / 2;
  let since: number | null = null;
  for (let back = 1; back <= 60; back++) {
    const from = monoMs - back * MINUTE_MS;
    const ratio = recent.between(from, from + MINUTE_MS).hitRatio();
    if (ratio === null) continue;
    if (ratio > halfway) break;
    since = wallMs - back * MINUTE_MS;
  }
  return since;
}

const NOT_REPORTED = "Another process polls this node and has not reported it recently";

function reasonSentence(record: NodeRecord): string | null {
  if (record.polledByPeer && record.status === "unknown") return NOT_REPORTED;
  if (record.reason === null) return null;
  const sentence = REASONS[record.reason].en;
  const detail = wordsOf(record.health.detail, record.reason);
  return detail === null ? sentence : `${sentence} (${detail})`;
}

const CODE = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/;

/** A detail that is a code of the system or of OpenSSL in words; null where the reason says it already. */
function wordsOf(detail: string | null, reason: ReasonCode): string | null {
  if (detail === null || !CODE.test(detail)) return detail;
  const words = describeSystemCode(detail);
  if (words === null) return detail;
  return reason === "tlsUntrusted" || reason === "tlsFailed" ? words : null;
}

function number(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}

function rate(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1000) / 1000;
}
