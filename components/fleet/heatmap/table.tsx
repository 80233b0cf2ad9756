"use client";
import { useTranslations } from "use-intl";
import { formatUnrounded, formatValue } from "@/components/charts/chart-format";
import { useFormat } from "@/components/ui/hooks/use-format";
import { nodePath, ViewLink } from "@/components/ui/view-link";
import type { SeriesUnit } from "@/lib/model/series.schema";
import { rowValues } from "./rows";

interface HeatmapTableProps {
  readonly label: string;
  readonly ids: readonly string[];
  readonly rows: ReadonlyMap<string, readonly (number | null)[]>;
  readonly unit: SeriesUnit;
}

const COLUMNS = ["latest", "min", "max"] as const;

/** The rows of a heat map as a table. */
export function HeatmapTable({ label, ids, rows, unit }: HeatmapTableProps) {
  const t = useTranslations("fleet.heatmap");
  const { locale, integer } = useFormat();
  return (
    <table className="w-full border-collapse text-xs">
      <caption className="sr-only">{label}</caption>
      <thead className="sticky top-0 z-10 bg-surface text-muted">
        <tr>
          <th scope="col" className="py-1 pr-3 text-left font-medium">
            {t("node")}
          </th>
          {[...COLUMNS, "gaps" as const].map((column) => (
            <th key={column} scope="col" className="py-1 pl-3 text-right font-medium">
              {t(column)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {ids.map((id) => {
          const values = rowValues(rows.get(id) ?? []);
          return (
            <tr key={id} className="border-line-soft border-t">
              <th scope="row" className="max-w-0 truncate py-0.5 pr-3 text-left font-normal">
                <ViewLink href={nodePath(id)} className="hover:underline" title={id}>
                  {id}
                </ViewLink>
              </th>
              {COLUMNS.map((column) => (
                <td
                  key={column}
                  className="whitespace-nowrap py-0.5 pl-3 text-right"
                  title={formatUnrounded(values[column], unit, locale)}
                >
                  {formatValue(values[column], unit, locale)}
                </td>
              ))}
              <td className="py-0.5 pl-3 text-right">{integer(values.gaps)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
