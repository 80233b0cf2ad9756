"use client";
import { useLocale, useTranslations } from "use-intl";
import { ScrollRegion } from "@/components/ui/scroll-region";
import type { ChartData } from "./chart-data";
import { formatUnrounded, formatValue } from "./chart-format";
import { useTimeFormats } from "./time-formats";

interface ChartTableViewProps {
  readonly data: ChartData;
  /** Where each bucket ends. */
  readonly times: readonly number[];
  readonly label: string;
  readonly height: number;
}

/** The values of a chart as a table, newest first. */
export function ChartTableView({ data, times, label, height }: ChartTableViewProps) {
  const t = useTranslations("charts");
  const locale = useLocale();
  const { instant } = useTimeFormats(data.toMs - data.fromMs);
  const newestFirst = times.map((_, index) => times.length - 1 - index);
  return (
    <ScrollRegion label={t("tableOf", { chart: label })} className="overflow-auto" style={{ height }}>
      <table className="w-full border-collapse text-xs">
        <thead className="sticky top-0 bg-surface text-muted">
          <tr>
            <th scope="col" className="py-1 pr-3 text-left font-medium">
              {t("time")}
            </th>
            {data.lines.map((line) => (
              <th key={line.key} scope="col" className="py-1 pl-3 text-right font-medium">
                {line.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {newestFirst.map((index) => {
            const at = times[index] as number;
            return (
              <tr key={at} className="border-t border-line-soft">
                <th scope="row" className="py-0.5 pr-3 text-left font-normal whitespace-nowrap text-muted">
                  <time dateTime={new Date(at).toISOString()} title={new Date(at).toISOString()}>
                    {instant(at)}
                  </time>
                </th>
                {data.lines.map((line) => {
                  const value = line.values[index] ?? null;
                  return (
                    <td
                      key={line.key}
                      className="py-0.5 pl-3 text-right whitespace-nowrap"
                      title={formatUnrounded(value, data.unit, locale)}
                    >
                      {formatValue(value, data.unit, locale)}
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
