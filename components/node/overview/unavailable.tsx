"use client";
import { useTranslations } from "use-intl";
import { latestValue } from "@/components/charts/chart-data";
import { formatValue } from "@/components/charts/chart-format";
import { Age } from "@/components/ui/age";
import { useFormat } from "@/components/ui/hooks/use-format";
import { Panel } from "@/components/ui/panel";
import { nodePath, poolPath, ViewLink } from "@/components/ui/view-link";
import { useFleet } from "@/lib/client/queries/fleet";
import type { Node } from "@/lib/model/node/node.schema";
import type { Series } from "@/lib/model/series.schema";
import { EscapedText } from "../stats/escaped-text";
import { hostOf, type Neighbours, neighboursOf } from "./neighbours";
import { useNodeSeries } from "./use-node-series";

const SHOWN = 5;
const LINK = "text-accent hover:underline";

/** For a node that does not respond: whether its neighbours do, what it last reported, and what to try next. */
export function Unavailable({ node }: { readonly node: Node }) {
  const t = useTranslations("node.unavailable");
  const { data: fleet } = useFleet();
  const series = useNodeSeries(node.id).data;
  const host = hostOf(node.id);
  const near = fleet === undefined ? null : neighboursOf(node, fleet.nodes);
  return (
    <Panel title={t("title")}>
      <div className="grid gap-x-8 gap-y-3.5 sm:grid-cols-2">
        <ul className="flex flex-col gap-1.5 text-muted">
          {near === null || host === null ? null : (
            <Near near={near.host} none={t("aloneOnHost", { host })} name={host} kind="host" />
          )}
          {near === null ? null : (
            <Near
              near={near.pool}
              none={t("aloneInPool", { pool: node.pool })}
              name={node.pool}
              kind="pool"
            />
          )}
        </ul>
        <LastKnown series={series} />
      </div>
      <p className="mt-3 flex flex-wrap gap-x-4 gap-y-1">
        <ViewLink href={`${nodePath(node.id)}?tab=diagnostics`} className={LINK}>
          {t("diagnose")}
        </ViewLink>
        <ViewLink href={`${nodePath(node.id)}?tab=tools`} className={LINK}>
          {t("ping")}
        </ViewLink>
        <ViewLink href={poolPath(node.pool)} className={LINK}>
          {t("openPool", { pool: node.pool })}
        </ViewLink>
      </p>
    </Panel>
  );
}

interface NearProps {
  readonly near: Neighbours;
  /** The sentence when there are no neighbours. */
  readonly none: string;
  readonly name: string;
  readonly kind: "host" | "pool";
}

function Near({ near, none, name, kind }: NearProps) {
  const t = useTranslations("node.unavailable");
  const { nodes, failing } = near;
  if (nodes.length === 0) return <li>{none}</li>;
  const sentence =
    failing.length === 0 ? "respond" : failing.length === nodes.length ? "allFail" : "someFail";
  return (
    <li>
      {t(`${kind}.${sentence}`, { name, count: nodes.length, failing: failing.length })}
      {failing.length === 0 ? null : (
        <span className="block text-xs">
          {failing.slice(0, SHOWN).map(({ id }, index) => (
            <span key={id}>
              {index > 0 ? ", " : ""}
              <ViewLink href={nodePath(id)} className={LINK}>
                <EscapedText text={id} />
              </ViewLink>
            </span>
          ))}
          {failing.length > SHOWN ? ` ${t("more", { count: failing.length - SHOWN })}` : ""}
        </span>
      )}
    </li>
  );
}

const METRICS = ["hit_ratio", "bytes", "curr_connections", "curr_items", "gets"] as const;

/** The newest values that the history has in the page's time range, with their age. */
function LastKnown({ series }: { readonly series: Series | undefined }) {
  const t = useTranslations("node.unavailable");
  const { locale } = useFormat();
  if (series === undefined) return null;
  const known = METRICS.flatMap((metric) => {
    const row = series.series.find((candidate) => candidate.metric === metric);
    const unit = series.metrics.find((entry) => entry.metric === metric)?.unit;
    const last = row === undefined ? null : latestValue(row);
    return last === null || unit === undefined ? [] : [{ metric, unit, ...last }];
  });
  const newest = Math.max(...known.map(({ index }) => index));
  const atMs = series.atMs[newest];
  if (atMs === undefined) return <p className="text-muted">{t("nothing")}</p>;
  return (
    <div>
      <p className="mb-1 text-muted">{t.rich("lastKnown", { age: () => <Age atMs={atMs} /> })}</p>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3.5 gap-y-1">
        {known.map(({ metric, unit, value }) => (
          <div key={metric} className="contents">
            <dt className="text-muted">{metric}</dt>
            <dd className="font-medium">{formatValue(value, unit, locale)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
