"use client";
import { useTranslations } from "use-intl";
import { classNames } from "@/components/ui/class-names";
import { useFormat } from "@/components/ui/hooks/use-format";
import { useNowMs } from "@/components/ui/hooks/use-now";
import type { ShareStatus } from "@/lib/model/share.schema";

interface SharedFreshnessProps {
  readonly status: ShareStatus;
  /** When the response arrived, by the browser's clock, Unix milliseconds. */
  readonly receivedMs: number;
  /** How often new data is expected, milliseconds. */
  readonly intervalMs: number;
}

/** The age of the data; of a snapshot, its time. */
export function SharedFreshness({ status, receivedMs, intervalMs }: SharedFreshnessProps) {
  const t = useTranslations("share.status");
  const format = useFormat();
  const nowMs = useNowMs();
  if (status.frozenMs !== null) {
    return (
      <time
        dateTime={format.iso(status.frozenMs)}
        title={`${format.iso(status.frozenMs)} · ${t("frozenMeans")}`}
        className="font-medium text-muted"
        suppressHydrationWarning
      >
        {t("frozen", { at: format.instant(status.frozenMs) })}
      </time>
    );
  }
  if (status.atMs === null) return <span className="text-muted">{t("never")}</span>;
  // The browser's clock may be wrong: the server gives the age at the response, the browser adds the time since.
  const ageMs = Math.max(0, status.servedMs - status.atMs) + Math.max(0, nowMs - receivedMs);
  const stale = ageMs > 3 * intervalMs;
  return (
    <span
      className={classNames("flex items-center gap-2 whitespace-nowrap", stale ? "text-warn" : "text-muted")}
      title={t("newest", { at: format.iso(status.atMs) })}
      suppressHydrationWarning
    >
      <span
        aria-hidden="true"
        className={classNames(
          "size-[7px] rounded-full",
          stale ? "bg-warn shadow-[0_0_0_3px_var(--warn-soft)]" : "bg-ok shadow-[0_0_0_3px_var(--ok-soft)]",
        )}
      />
      {t(stale ? "stale" : "live", { age: format.age(ageMs / 1000) })}
    </span>
  );
}
