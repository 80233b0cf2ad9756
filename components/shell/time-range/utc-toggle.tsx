"use client";
import { useTranslations } from "use-intl";
import { Button } from "@/components/ui/button";
import { useFormat } from "@/components/ui/hooks/use-format";
import { useUtc } from "@/lib/client/view-state";

/** Times in UTC instead of the browser's zone. */
export function UtcToggle() {
  const t = useTranslations("shell");
  const { timeZone } = useFormat();
  const [utc, setUtc] = useUtc();
  return (
    <Button
      aria-pressed={utc}
      title={utc ? t("utcOn") : t("utcOff", { zone: timeZone })}
      onClick={() => setUtc(utc ? null : true)}
      className="hidden aria-pressed:bg-accent-soft aria-pressed:text-accent sm:inline-flex"
    >
      UTC
    </Button>
  );
}
