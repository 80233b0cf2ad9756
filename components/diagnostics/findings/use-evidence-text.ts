"use client";
import { useTranslations } from "use-intl";
import { escapedText } from "@/components/node/stats/escaped-text";
import { useFormat } from "@/components/ui/hooks/use-format";
import type { Evidence } from "@/lib/model/findings/finding.schema";

/** Names of evidence in words, and its values with their units. A name without words is shown as it is. */
export function useEvidenceText(): {
  readonly labelOf: (name: string) => string;
  readonly textOf: (name: string, value: Evidence[string]) => string;
} {
  const t = useTranslations("diagnostics.evidence");
  const format = useFormat();
  const labelOf = (name: string) => {
    const key = `label.${name}` as const;
    return t.has(key as never) ? t(key as never) : escapedText(name);
  };
  const numberOf = (name: string, value: number): string => {
    if (/bytes$/i.test(name) && value >= 4096) return format.bytes(value);
    if (/bytes/i.test(name)) return `${format.integer(value)} B`;
    if (name === "milliseconds") return format.milliseconds(value);
    if (name === "microseconds") return `${format.integer(value)} µs`;
    if (/Ms$/.test(name)) return format.milliseconds(value);
    if (/share$/i.test(name)) return format.ratio(value);
    if (name === "skewSeconds" || name === "uncertaintySeconds") return `${format.exact(value)} s`;
    if (/seconds/i.test(name) || name === "idle_timeout") return format.duration(value);
    if (/port/i.test(name)) return String(value);
    return format.exact(value);
  };
  const textOf = (name: string, value: Evidence[string]): string => {
    if (value === null) return "–";
    if (typeof value === "boolean") return t(value ? "yes" : "no");
    if (typeof value === "number") return numberOf(name, value);
    if (Array.isArray(value)) return value.length === 0 ? t("noneOfThem") : value.map(escapedText).join(", ");
    return value === "" ? t("empty") : escapedText(value);
  };
  return { labelOf, textOf };
}
