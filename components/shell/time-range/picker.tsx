"use client";
import { lazy, Suspense } from "react";
import { useTranslations } from "use-intl";
import { Segmented } from "@/components/ui/form/segmented";
import { useFormat } from "@/components/ui/hooks/use-format";
import { Popover } from "@/components/ui/overlay/popover";
import { Skeleton } from "@/components/ui/placeholder/skeleton";
import { RANGE_NAMES, type Range, useWindow } from "@/lib/client/view-state";

const AbsoluteRange = lazy(() => import("./absolute-range"));
const DIRECT: readonly Range[] = ["15m", "1h", "6h", "24h", "7d"];
const CUSTOM = "custom";

/** The time range of every chart on the page: relative to now, or custom. */
export function WindowPicker() {
  const t = useTranslations("shell.window");
  const format = useFormat();
  const { window, setRange } = useWindow();
  const range = window.kind === "relative" ? window.range : null;
  const listed = range !== null && DIRECT.includes(range);
  const text =
    window.kind === "relative"
      ? listed
        ? "…"
        : window.range
      : `${format.instant(window.fromMs)} – ${format.instant(window.toMs)}`;
  return (
    <div className="flex min-w-0 items-center gap-1.5">
      <Segmented
        label={t("label")}
        className="hidden lg:flex"
        options={DIRECT.map((value) => ({ value, label: value, title: t(`ranges.${value}`) }))}
        value={range}
        onChange={setRange}
      />
      <select
        aria-label={t("label")}
        className="control px-1.5 lg:hidden"
        value={range ?? CUSTOM}
        onChange={(event) => {
          const chosen = RANGE_NAMES.find((name) => name === event.target.value);
          if (chosen !== undefined) setRange(chosen);
        }}
      >
        {RANGE_NAMES.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
        {range === null && <option value={CUSTOM}>{t("custom")}</option>}
      </select>
      <Popover
        label={listed ? t("other") : `${t("other")}: ${text}`}
        trigger={<span className="truncate">{text}</span>}
        className={listed ? "hidden px-2 md:inline-flex" : "min-w-0 bg-accent-soft px-2 text-accent"}
      >
        {(close) => (
          <Suspense fallback={<Skeleton className="h-40 w-64" />}>
            <AbsoluteRange onDone={close} />
          </Suspense>
        )}
      </Popover>
    </div>
  );
}
