/** Nodes, fleets and pages for the component tests. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import type { ReactElement } from "react";
import { IntlProvider } from "use-intl";
import type { Locale } from "@/components/i18n/locale";
import { messagesOf } from "@/components/i18n/messages";
import { fleetQuery } from "@/lib/client/queries/fleet";
import { healthOf as nodeHealth } from "@/lib/metrics/health";
import type { Attention, Fleet, Totals } from "@/lib/model/fleet.schema";
import type { Node } from "@/lib/model/node/node.schema";
import { NODE_STATUSES } from "@/lib/model/node/node-status";
import { healthOf } from "../../components/fleet/node-health";
import { nodeOrder } from "../../components/fleet/node-list/node-order";
import type { FleetScope } from "../../components/fleet/use-fleet-scope";

/** 2026-11-22 06:34 UTC. */
export const NOW_MS = Date.UTC(2026, 10, 22, 6, 34);

/** A healthy node; `changes` make it another. Its health follows from its status unless it is given. */
export function nodeOf(id: string, changes: Partial<Node> = {}): Node {
  return {
    id,
    pool: "sessions",
    labels: {},
    status: "up",
    statusReason: null,
    statusCode: null,
    statusSinceMs: NOW_MS - 3_600_000,
    health: nodeHealth(changes.status ?? "up", []),
    elsewhere: false,
    capabilities: ["stats"],
    lacking: {},
    protocol: "text",
    version: "1.6.18",
    proxy: null,
    pid: 1,
    uptimeSeconds: 86_400,
    atMs: NOW_MS,
    latencyMs: 0.4,
    auth: "none",
    tls: false,
    bytes: 2 ** 25,
    limitMaxbytes: 2 ** 26,
    currConnections: 100,
    maxConnections: 1_000,
    currItems: 10,
    hitRatio: 0.9,
    getsPerSecond: 100,
    setsPerSecond: 10,
    evictionsPerSecond: 0,
    lastRestartMs: null,
    lastFlushMs: null,
    lastFlushBy: null,
    pendingFlushBy: null,
    pendingFlushMs: null,
    findings: null,
    alerts: null,
    ...changes,
  };
}

export function attentionEntry(node: Node, changes: Partial<Attention>): Attention {
  return {
    node: node.id,
    pool: node.pool,
    kind: "status",
    severity: "critical",
    sinceMs: null,
    figures: {},
    ...changes,
  };
}

export function totalsFor(nodes: readonly Node[]): Totals {
  const counts = Object.fromEntries(
    NODE_STATUSES.map((status) => [status, nodes.filter((node) => node.status === status).length]),
  ) as Pick<Totals, (typeof NODE_STATUSES)[number]>;
  return {
    nodes: nodes.length,
    ...counts,
    bytes: 1,
    limitMaxbytes: 2,
    currConnections: 3,
    maxConnections: 4,
    currItems: 5,
    hitRatio: 0.9,
    getsPerSecond: 6,
    setsPerSecond: 7,
    evictionsPerSecond: 8,
    findings: null,
  };
}

export function fleetOf(nodes: readonly Node[], attention: readonly Attention[] = []): Fleet {
  const pools = [...new Set(nodes.map((node) => node.pool))].map((name) => ({
    name,
    labels: {},
    ...totalsFor(nodes.filter((node) => node.pool === name)),
  }));
  return {
    atMs: NOW_MS,
    pollIntervalMs: 10_000,
    configured: nodes.length > 0,
    totals: totalsFor(nodes),
    pools,
    attention: [...attention],
    notices: [],
    nodes: [...nodes],
    matched: nodes.length,
    nextCursor: null,
  };
}

export function scopeOf(nodes: readonly Node[], attention: readonly Attention[] = []): FleetScope {
  return {
    pool: null,
    totals: totalsFor(nodes),
    attention,
    nodes,
    health: healthOf(nodes, attention),
    order: nodeOrder(nodes),
    atMs: NOW_MS,
    configured: true,
    complete: true,
    error: null,
    retry: () => undefined,
  };
}

interface PageSetting {
  readonly locale?: Locale;
  readonly fleet?: Fleet;
}

/** Renders a part of a page with its language, address and cache. Nothing is fetched. */
export function renderPart(part: ReactElement, setting: PageSetting = {}) {
  const client = new QueryClient({ defaultOptions: { queries: { enabled: false, retry: false } } });
  if (setting.fleet) client.setQueryData(fleetQuery.queryKey, setting.fleet);
  const locale = setting.locale ?? "en";
  return render(
    <IntlProvider locale={locale} messages={messagesOf(locale)} timeZone="UTC" now={new Date(NOW_MS)}>
      <QueryClientProvider client={client}>{part}</QueryClientProvider>
    </IntlProvider>,
  );
}
