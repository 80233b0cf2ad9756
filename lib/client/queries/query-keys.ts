/** Every key of the query cache, in one place. */
import type { StatsGroup } from "@/lib/model/node/capability";
import type { AuditSearch } from "./audit-search";
import type { FindingName, FindingsFilter, FindingsScope } from "./diagnostics";
import type { KeyName } from "./keys";
import type { SeriesQuery } from "./series";

export const queryKeys = {
  /** The whole fleet: totals, pools, attention, notices, every node. The event stream keeps it current. */
  fleet: ["fleet"] as const,
  allNodes: ["node"] as const,
  node: (node: string) => ["node", node] as const,
  allSeries: ["series"] as const,
  series: (query: SeriesQuery) => ["series", query] as const,
  stats: (node: string, group: StatsGroup) => ["stats", node, group] as const,
  slabs: (node: string) => ["slabs", node] as const,
  connections: (node: string) => ["connections", node] as const,
  catalogue: ["metrics-catalogue"] as const,
  /** Who is signed in, and what they may do. */
  whoami: ["session"] as const,
  shares: ["shares"] as const,
  allAudit: ["audit"] as const,
  audit: (query: AuditSearch) => ["audit", query] as const,
  allFindings: ["findings"] as const,
  findings: (filter: FindingsFilter) => ["findings", "list", filter] as const,
  posture: (scope: FindingsScope) => ["findings", "posture", scope] as const,
  report: (filter: FindingsFilter) => ["findings", "report", filter] as const,
  finding: (name: FindingName) => ["findings", "one", name] as const,
  diagnostic: (id: string) => ["diagnostic", id] as const,
  preview: (query: string) => ["actions", "preview", query] as const,
  openActions: ["actions", "open"] as const,
  action: (id: string) => ["actions", "one", id] as const,
  key: (node: string, name: KeyName | null) => ["key", node, name] as const,
  keyOwner: (pool: string, name: KeyName | null) => ["key-owner", pool, name] as const,
  sharedStatus: (token: string) => ["shared-status", token] as const,
};
