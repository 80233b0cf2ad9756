/** A healthy node with the fields a test changes. */
import type { Node } from "@/lib/model/node";

export function plainNode(more: Partial<Node> = {}): Node {
  return {
    id: "127.0.0.1:11211",
    pool: "main",
    labels: {},
    status: "up",
    statusReason: null,
    statusCode: null,
    statusSinceMs: 0,
    capabilities: ["stats"],
    lacking: {},
    protocol: "text",
    version: "1.6.18",
    pid: 1,
    uptimeSeconds: 86_400,
    atMs: 0,
    latencyMs: 0.4,
    auth: "none",
    tls: false,
    bytes: 1,
    limitMaxbytes: 64,
    currConnections: 10,
    maxConnections: 1_024,
    currItems: 1,
    hitRatio: null,
    getsPerSecond: 0,
    setsPerSecond: 0,
    evictionsPerSecond: 0,
    lastRestartMs: null,
    lastFlushMs: null,
    pendingFlushMs: null,
    findings: null,
    alerts: null,
    ...more,
  };
}
