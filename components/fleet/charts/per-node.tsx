"use client";
import { useTranslations } from "use-intl";
import { nodeTone } from "@/components/charts/lines/node-tone";
import { presentValue } from "@/components/charts/lines/present-value";
import { TimeSeriesPanel } from "@/components/charts/time-series-panel";
import { useFormat } from "@/components/ui/hooks/use-format";
import { choice, useParameter } from "@/lib/client/url-params";
import type { FleetScope } from "../use-fleet-scope";
import { busiestNodes } from "./notable-nodes";
import { TopNodes } from "./top-nodes";
import { TOP_METRICS } from "./top-rows";
import { useStickySelection } from "./use-sticky-selection";

/** The URL parameter `top`. */
const METRIC = choice(TOP_METRICS, "curr_connections");

interface PerNodeProps {
  readonly scope: FleetScope;
  /** Changes when the nodes have to be selected again. */
  readonly scopeKey: string;
  readonly commands: readonly string[];
}

/** One metric node by node: connections, or any that the reader chooses. */
export function PerNode({ scope, scopeKey, commands }: PerNodeProps) {
  const t = useTranslations("fleet.charts");
  const [metric, setMetric] = useParameter("top", METRIC, "push");
  const tools =
    scope.nodes.length === 1 ? null : (
      <select
        aria-label={t("topBy")}
        value={metric}
        onChange={(event) => setMetric(TOP_METRICS.find((name) => name === event.target.value) ?? null)}
        className="control h-6 max-w-40 px-1 text-xs"
      >
        {TOP_METRICS.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    );
  const shared = { scope, scopeKey, commands, tools };
  return metric === "curr_connections" ? (
    <Connections {...shared} />
  ) : (
    <TopNodes {...shared} metric={metric} />
  );
}

function Connections({
  scope,
  scopeKey,
  commands,
  tools,
}: PerNodeProps & { readonly tools: React.ReactNode }) {
  const t = useTranslations("fleet.charts");
  const format = useFormat();
  const { nodes, pool } = scope;
  const busiest = useStickySelection(() => busiestNodes(nodes, 3), scopeKey);
  const single = nodes.length === 1;
  return (
    <TimeSeriesPanel
      id="connections"
      title={t("connections")}
      meaning={t("connectionsMeaning")}
      request={{ metrics: ["curr_connections"], pool: pool ?? undefined, aggregate: "median" }}
      also={busiest.length === 0 ? undefined : { metrics: ["curr_connections"], nodes: busiest }}
      lineOf={({ node }) =>
        node === null
          ? single
            ? null
            : { label: t("median", { count: format.integer(scope.totals.nodes) }), tone: "s1" }
          : {
              label: node,
              tone: nodeTone(node),
              current: presentValue(
                nodes.find(({ id }) => id === node),
                "curr_connections",
              ),
            }
      }
      commands={commands}
      tools={tools}
    />
  );
}
