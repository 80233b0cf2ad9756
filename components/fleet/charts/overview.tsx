"use client";
import { useMemo } from "react";
import { useTranslations } from "use-intl";
import { nodeTone } from "@/components/charts/lines/node-tone";
import { presentValue } from "@/components/charts/lines/present-value";
import { limitFrom, TimeSeriesPanel } from "@/components/charts/time-series-panel";
import { useFormat } from "@/components/ui/hooks/use-format";
import type { FleetScope } from "../use-fleet-scope";
import { lowestHitRatioNodes } from "./notable-nodes";
import { PerNode } from "./per-node";
import { statsCommands } from "./shell-commands";
import { useStickySelection } from "./use-sticky-selection";

/** Hit ratio, memory against limit, and a metric node by node. */
export default function OverviewCharts({ scope }: { readonly scope: FleetScope }) {
  const t = useTranslations("fleet.charts");
  const format = useFormat();
  const { nodes, pool } = scope;
  const scopeQuery = { pool: pool ?? undefined };
  const name = pool ?? t("fleet");
  // The set is complete only when all nodes are loaded.
  const scopeKey = `${pool ?? ""} ${scope.complete} ${nodes.length}`;
  const worst = useStickySelection(() => lowestHitRatioNodes(nodes, 2), scopeKey);
  const commands = useMemo(() => statsCommands(nodes), [nodes]);
  const single = nodes.length === 1;
  const currentOf = (id: string, metric: string) =>
    presentValue(
      nodes.find((node) => node.id === id),
      metric,
    );
  return (
    <div className="mt-3.5 grid gap-3.5 lg:grid-cols-3">
      <TimeSeriesPanel
        id="hit-ratio"
        title={t("hitRatio")}
        meaning={t("hitRatioMeaning")}
        request={{ metrics: ["hit_ratio"], ...scopeQuery, aggregate: "fleet" }}
        also={single || worst.length === 0 ? undefined : { metrics: ["hit_ratio"], nodes: worst }}
        lineOf={({ node }) =>
          node === null
            ? { label: name, tone: "s1", current: scope.totals.hitRatio }
            : { label: node, tone: nodeTone(node), current: currentOf(node, "hit_ratio") }
        }
        currentOf={() => (single ? null : t("withLowest"))}
        commands={commands}
      />
      <TimeSeriesPanel
        id="memory"
        title={t("memory")}
        meaning={t("memoryMeaning")}
        request={{ metrics: ["bytes", "limit_maxbytes"], ...scopeQuery, aggregate: "fleet" }}
        lineOf={({ metric }) =>
          metric === "bytes" ? { label: "bytes", tone: "s1", area: true, current: scope.totals.bytes } : null
        }
        limitsOf={(replies) =>
          limitFrom(replies, "limit_maxbytes", (value) => `limit_maxbytes ${format.bytes(value)}`)
        }
        currentOf={() => format.bytes(scope.totals.bytes)}
        commands={commands}
      />
      <PerNode scope={scope} scopeKey={scopeKey} commands={commands} />
    </div>
  );
}
