"use client";
import { useTranslations } from "use-intl";
import { nodeTone } from "@/components/charts/lines/node-tone";
import { TimeSeriesPanel } from "@/components/charts/time-series-panel";
import { useFormat } from "@/components/ui/hooks/use-format";
import { useCatalogue } from "@/lib/client/queries/series";
import { useParameter } from "@/lib/client/url-params";
import { CHART_METRICS, chartChoice } from "./chart-choice";

/** A chart per metric with a line per node. Loaded on demand. */
export default function ComparedCharts({ nodes }: { readonly nodes: readonly string[] }) {
  const t = useTranslations("compare.charts");
  const { locale } = useFormat();
  const [metrics, setMetrics] = useParameter("charts", chartChoice, "push");
  const catalogue = useCatalogue().data?.metrics;
  return (
    <section aria-label={t("title")} className="flex flex-col gap-2.5">
      <details>
        <summary className="w-fit cursor-pointer text-muted">
          {t("chosen", { count: metrics.length, all: CHART_METRICS.length })}
        </summary>
        <fieldset className="mt-2 flex flex-wrap gap-x-4 gap-y-1.5">
          <legend className="sr-only">{t("choose")}</legend>
          {CHART_METRICS.map((metric) => (
            <label key={metric} className="flex items-center gap-1.5">
              <input
                type="checkbox"
                checked={metrics.includes(metric)}
                onChange={({ target }) =>
                  setMetrics(
                    target.checked ? [...metrics, metric] : metrics.filter((other) => other !== metric),
                  )
                }
              />
              {t(`metrics.${metric}`)}
            </label>
          ))}
        </fieldset>
      </details>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3.5 sm:grid-cols-[repeat(auto-fit,minmax(min(100%,340px),1fr))]">
        {metrics.map((metric) => (
          <TimeSeriesPanel
            key={metric}
            id={`compare-${metric}`}
            title={t(`metrics.${metric}`)}
            meaning={
              catalogue?.find(({ name }) => name === metric)?.meaning[locale] ?? t(`metrics.${metric}`)
            }
            request={{ metrics: [metric], nodes }}
            lineOf={({ node }) => (node === null ? null : { label: node, tone: nodeTone(node) })}
            group="compare"
          />
        ))}
      </div>
    </section>
  );
}
