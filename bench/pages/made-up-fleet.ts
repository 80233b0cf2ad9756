/** A fleet reply in which every node has different values: real addresses share a few processes, and so values. */

import type { Fleet } from "@/lib/model/fleet.schema";
import { CAPABILITIES } from "@/lib/model/node/capability";
import type { Node } from "@/lib/model/node/node.schema";
import { DAY_MS } from "@/lib/model/time";

const NOW_MS = Date.UTC(2026, 10, 22, 6, 34);

/** The same numbers in every run (mulberry32). */
function random(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * most;
  };
}

export function madeUpNodes(count: number): Node[] {
  const upTo = random(11_211);
  const integer = (most: number) => Math.floor(upTo(most));
  const thousandths = (most: number) => Math.round(upTo(most) * 1_000) / 1_000;
  return Array.from({ length: count }, (_, n) => ({
    id: `10.${20 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}:11211`,
    pool: `pool-${n % 40}`,
    labels: { env: n % 5 === 0 ? "staging" : "production", dc: ["tyo1", "osa1", "fra2"][n % 3] as string },
    status: "up",
    statusReason: null,
    statusCode: null,
    statusSinceMs: NOW_MS - integer(7 * DAY_MS),
    health: { state: "ok", cause: null },
    elsewhere: false,
    capabilities: CAPABILITIES.filter((name) => name !== "stats_proxy" && name !== "stats_extstore"),
    lacking: { stats_extstore: "extstoreOff", stats_proxy: "proxyOff" },
    protocol: "text",
    version: ["1.6.18", "1.6.21", "1.5.22"][n % 3] as string,
    proxy: null,
    pid: integer(400_000),
    uptimeSeconds: integer(90 * 86_400),
    atMs: NOW_MS - integer(10_000),
    latencyMs: thousandths(2),
    auth: "none",
    tls: false,
    bytes: integer(64e9),
    limitMaxbytes: 2 ** 36,
    currConnections: integer(2_000),
    maxConnections: 4_096,
    currItems: integer(5e7),
    hitRatio: Math.round(upTo(1) * 10_000) / 10_000,
    getsPerSecond: thousandths(10_000),
    setsPerSecond: thousandths(1_000),
    evictionsPerSecond: n % 3 === 0 ? thousandths(100) : 0,
    lastRestartMs: null,
    lastFlushMs: n % 5 === 0 ? NOW_MS - integer(10 * DAY_MS) : null,
    lastFlushBy: null,
    pendingFlushBy: null,
    pendingFlushMs: null,
    findings: null,
    alerts: null,
  }));
}

/** The reply without its small parts; the nodes dominate. */
export function madeUpFleet(count: number): Fleet {
  const nodes = madeUpNodes(count);
  return {
    atMs: NOW_MS,
    pollIntervalMs: 10_000,
    configured: true,
    pools: [],
    attention: [],
    notices: [],
    totals: {} as Fleet["totals"],
    nodes,
    matched: count,
    nextCursor: null,
  };
}
