"use client";
import { Link2 } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslations } from "use-intl";
import { copyText } from "@/components/ui/copy/button";
import { Menu } from "@/components/ui/overlay/menu";
import { type TimeWindow, useWindow } from "@/lib/client/view-state";

/**
 * `address` with a relative time range made absolute at `nowMs`, so that a colleague sees the same period.
 */
export function frozenAddress(address: string, window: TimeWindow, nowMs: number): string {
  const url = new URL(address);
  const toMs = window.kind === "absolute" ? window.toMs : nowMs;
  url.searchParams.delete("range");
  url.searchParams.set("from", new Date(toMs - window.durationMs).toISOString());
  url.searchParams.set("to", new Date(toMs).toISOString());
  return url.href;
}

/** Copies the URL of this view. */
export function CopyLink() {
  const t = useTranslations("shell.copyLink");
  const { window } = useWindow();
  const [outcome, setOutcome] = useState<"copied" | "refused" | null>(null);
  useEffect(() => {
    if (outcome === null) return;
    const timer = setTimeout(() => setOutcome(null), 2_500);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = async (text: string) => setOutcome((await copyText(text)) ? "copied" : "refused");
  return (
    <>
      <Menu
        label={t(outcome ?? "label")}
        trigger={
          <>
            <Link2 size={14} aria-hidden="true" />
            <span className="hidden sm:inline">{t(outcome ?? "short")}</span>
          </>
        }
        items={[
          { label: t("relative"), description: t("relativeMeans"), onSelect: () => copy(location.href) },
          {
            label: t("absolute"),
            description: t("absoluteMeans"),
            onSelect: () => copy(frozenAddress(location.href, window, Date.now())),
          },
        ]}
      />
      <span role="status" className="sr-only">
        {outcome !== null && t(outcome)}
      </span>
    </>
  );
}
