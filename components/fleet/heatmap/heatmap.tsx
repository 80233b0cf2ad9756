"use client";
import { Table2 } from "lucide-react";
import { useState } from "react";
import { useLocale, useTranslations } from "use-intl";
import { formatValue } from "@/components/charts/chart-format";
import { IconButton } from "@/components/ui/button";
import { Segmented } from "@/components/ui/form/segmented";
import { ErrorNote } from "@/components/ui/placeholder/error-note";
import { ScrollRegion } from "@/components/ui/scroll-region";
import { useCatalogue } from "@/lib/client/queries/series";
import type { Node } from "@/lib/model/node/node.schema";
import type { Series } from "@/lib/model/series.schema";
import { DEFAULT_METRIC, heatmapHeight, ROW_ORDERS, useMapState } from "../node-map/state";
import type { FleetScope } from "../use-fleet-scope";
import { HeatmapGrid } from "./grid";
import { fullValue, PAGE_ROWS, rowsOfPage } from "./rows";
import { HeatmapTable } from "./table";
import { useHeatmap, useRowOrder } from "./use-heatmap";

/** Offered before the catalogue is loaded, and first in the list. */
const USUAL = [
  DEFAULT_METRIC,
  "memory_use",
  "curr_connections",
  "gets",
  "sets",
  "evictions",
  "curr_items",
  "latency",
] as const;

function useMetricChoices(metric: string): readonly { readonly name: string; readonly meaning: string }[] {
  const locale = useLocale();
  const { data } = useCatalogue();
  const others = (data?.metrics ?? [])
    .filter(({ seriesUnit }) => seriesUnit !== null)
    .map(({ name, meaning }) => ({ name, meaning: locale === "ja" ? meaning.ja : meaning.en }));
  const meaningOf = (name: string) => others.find((metric) => metric.name === name)?.meaning ?? "";
  const names = [...new Set([...USUAL, metric, ...others.map(({ name }) => name)])];
  return names.map((name) => ({ name, meaning: meaningOf(name) }));
}

/** Height of the table, whose rows are taller. */
const TABLE_HEIGHT = 364;

interface HeatmapProps {
  readonly scope: FleetScope;
  /** The nodes that pass the filters. */
  readonly nodes: readonly Node[];
}

/** One metric of every node over the page's time range: a row per node, with gaps. */
export default function Heatmap({ scope, nodes }: HeatmapProps) {
  const t = useTranslations("fleet.heatmap");
  const [{ metric, rows: order }, setMap] = useMapState();
  const choices = useMetricChoices(metric);
  const [table, setTable] = useState(false);
  const [visible, setVisible] = useState({ first: 0, end: 26 });
  const sorted = useRowOrder(scope, nodes, metric, order);
  const heatmap = useHeatmap(sorted.ids, metric, visible.first, visible.end);
  const { reply } = heatmap;
  const locale = useLocale();
  const error = heatmap.error ?? sorted.error;
  const unit: Series["unit"] = reply?.unit ?? "count";
  const full = fullValue(heatmap.rows.values(), unit);
  const label = t("label", { metric, count: sorted.ids.length });
  const page = Math.floor(visible.first / PAGE_ROWS);
  return (
    <>
      <div className="mb-2 flex flex-wrap items-center gap-2">
        <select
          aria-label={t("metric")}
          value={metric}
          onChange={(event) =>
            setMap({ metric: event.target.value === DEFAULT_METRIC ? "" : event.target.value })
          }
          className="control max-w-60 px-1.5"
          title={choices.find(({ name }) => name === metric)?.meaning}
        >
          {choices.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
        <Segmented
          label={t("order")}
          options={ROW_ORDERS.map((value) => ({ value, label: t(`orders.${value}`) }))}
          value={order}
          onChange={(value) => setMap({ rows: value })}
        />
        <span className="ml-auto flex items-center gap-2 text-muted text-xs">
          {reply !== undefined && t("scale", { full: formatValue(full, unit, locale) })}
          <IconButton
            label={t(table ? "showMap" : "showTable")}
            aria-pressed={table}
            icon={<Table2 size={14} aria-hidden />}
            onClick={() => setTable((before) => !before)}
          />
        </span>
      </div>
      {error ? (
        <ErrorNote what={t("reading", { metric })} error={error} onRetry={() => void heatmap.refetch()} />
      ) : table ? (
        <ScrollRegion label={label} className="overflow-auto" style={{ maxHeight: TABLE_HEIGHT }}>
          <HeatmapTable label={label} ids={rowsOfPage(sorted.ids, page)} rows={heatmap.rows} unit={unit} />
        </ScrollRegion>
      ) : (
        <HeatmapGrid
          label={label}
          height={heatmapHeight(sorted.ids.length)}
          ids={sorted.ids}
          rows={heatmap.rows}
          reply={reply}
          full={full}
          onVisibleRows={(first, end) =>
            setVisible((before) => (before.first === first && before.end === end ? before : { first, end }))
          }
        />
      )}
      <p className="mt-1 text-muted text-xs">{sorted.waiting ? t("sorting") : t("howToRead")}</p>
    </>
  );
}
