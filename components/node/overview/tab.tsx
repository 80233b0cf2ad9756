"use client";
import { useTranslations } from "use-intl";
import type { Node } from "@/lib/model/node/node.schema";
import { lackingReason } from "../capability";
import { LackingNote } from "../lacking-note";
import { EXTSTORE_CHARTS, NODE_CHARTS, PROXY_CHARTS } from "./charts";
import { NodeEvents } from "./events";
import { NodeFacts } from "./facts";
import { NodeInsights } from "./insights-panel";
import { LazyChartsGrid } from "./lazy-charts-grid";
import { ShellEquivalent } from "./shell-equivalent";
import { Unavailable } from "./unavailable";

interface OverviewTabProps {
  readonly node: Node;
  /** The meanings of memcached's own names in the facts. */
  readonly meanings: Readonly<Record<string, string>>;
}

/** Insights, charts, facts and events of the node. */
export function OverviewTab({ node, meanings }: OverviewTabProps) {
  const t = useTranslations("node.charts");
  const reason = lackingReason(node, "stats");
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3.5 xl:grid-cols-[minmax(0,1fr)_300px] xl:grid-rows-[auto_1fr]">
      <div className="xl:col-start-2 xl:row-start-1">
        <NodeInsights node={node} />
      </div>
      <div className="flex flex-col gap-3.5 xl:col-start-1 xl:row-span-2 xl:row-start-1">
        {node.status === "up" || node.status === "unknown" ? null : <Unavailable node={node} />}
        {reason === "noStats" ? (
          <LackingNote title={t("none")} reason={reason} />
        ) : (
          <LazyChartsGrid node={node} charts={NODE_CHARTS} />
        )}
        {node.capabilities.includes("stats_extstore") ? (
          <section className="flex flex-col gap-2">
            <h2 className="font-semibold">extstore</h2>
            <LazyChartsGrid node={node} charts={EXTSTORE_CHARTS} />
          </section>
        ) : null}
        {node.capabilities.includes("stats_proxy") ? (
          <section className="flex flex-col gap-2">
            <h2 className="font-semibold">{t("proxy")}</h2>
            <LazyChartsGrid node={node} charts={PROXY_CHARTS} />
          </section>
        ) : null}
      </div>
      <aside className="flex flex-col gap-3.5 xl:col-start-2 xl:row-start-2" aria-label={t("about")}>
        <NodeFacts node={node} meanings={meanings} />
        <NodeEvents node={node} />
        <ShellEquivalent node={node} />
      </aside>
    </div>
  );
}
