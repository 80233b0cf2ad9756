"use client";
import { useTranslations } from "use-intl";
import { classNames } from "@/components/ui/class-names";
import { useFormat } from "@/components/ui/hooks/use-format";
import { useNowMs } from "@/components/ui/hooks/use-now";
import { useStreamState } from "@/lib/client/events/connection-state";
import { useFleet } from "@/lib/client/queries/fleet";
import { freshnessOf } from "./freshness";

const DOTS = {
  live: "bg-ok shadow-[0_0_0_3px_var(--ok-soft)]",
  connecting: "border border-off",
  lost: "bg-warn shadow-[0_0_0_3px_var(--warn-soft)]",
  stale: "bg-warn shadow-[0_0_0_3px_var(--warn-soft)]",
} as const;

/** Whether the page updates itself, how often, and the age of outdated values. */
export function LiveIndicator() {
  const t = useTranslations("shell.live");
  const format = useFormat();
  const stream = useStreamState();
  const nowMs = useNowMs();
  const { data: fleet } = useFleet();
  if (fleet === undefined) return null;
  const ageMs = Math.max(0, nowMs - fleet.atMs);
  const freshness = freshnessOf(stream, ageMs, fleet.pollIntervalMs, fleet.totals.nodes > 0);
  return (
    <span
      className={classNames(
        "flex items-center gap-2 whitespace-nowrap",
        freshness === "live" ? "text-muted" : freshness === "connecting" ? "text-faint" : "text-warn",
      )}
      title={t("newest", { at: format.iso(fleet.atMs) })}
      suppressHydrationWarning
    >
      <span
        aria-hidden="true"
        className={classNames("forced-color-adjust-none size-[7px] rounded-full", DOTS[freshness])}
      />
      {t(freshness, {
        interval: format.duration(fleet.pollIntervalMs / 1000),
        age: format.duration(ageMs / 1000, 1),
      })}
    </span>
  );
}
