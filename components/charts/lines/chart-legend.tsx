"use client";
import { useLocale, useTranslations } from "use-intl";
import { type ChartData, latestValue } from "../chart-data";
import { formatUnrounded, formatValue } from "../chart-format";
import { LineSample } from "./line-sample";

interface ChartLegendProps {
  readonly data: ChartData;
  readonly hidden: ReadonlySet<string>;
  readonly onToggle: (key: string) => void;
  /** Bucket whose values are shown; the newest value of each line when null. */
  readonly index: number | null;
}

/**
 * Lines by colour, each with its value under the cursor, else its current one. Each entry shows or hides its line.
 */
export function ChartLegend({ data, hidden, onToggle, index }: ChartLegendProps) {
  const t = useTranslations("charts");
  const locale = useLocale();
  return (
    <ul className="mt-1 flex flex-wrap gap-x-3 gap-y-0.5 text-xs text-muted" aria-label={t("legend")}>
      {data.lines.map((line) => {
        const shown = !hidden.has(line.key);
        const latest = latestValue(line);
        const newest = latest?.present ? latest.value : null;
        const present = line.current === undefined ? newest : line.current;
        const value = index === null ? present : (line.values[index] ?? null);
        return (
          <li key={line.key} className="min-w-0 max-w-full">
            <button
              type="button"
              aria-pressed={shown}
              title={t(shown ? "hideLine" : "showLine", { line: line.label })}
              onClick={() => onToggle(line.key)}
              className={`flex max-w-full items-center gap-1.5 rounded px-0.5 hover:text-text ${shown ? "" : "line-through opacity-70"}`}
            >
              <LineSample tone={shown ? line.tone : null} dash={line.dash} />
              <span className="truncate">{line.label}</span>
              <b className="font-medium text-text" title={formatUnrounded(value, data.unit, locale)}>
                {formatValue(value, data.unit, locale)}
              </b>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
