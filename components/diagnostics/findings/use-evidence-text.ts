"use client";
import { useTranslations } from "use-intl";
import { escapedText } from "@/components/node/stats/escaped-text";
import { useFormat } from "@/components/ui/hooks/use-format";
import type { Evidence } from "@/lib/model/findings/finding.schema";
import { usePhraseText } from "./use-phrase-text";

/** Labels of evidence, and its values with units. A name without a label is shown as it is. */
export function useEvidenceText(): {
  readonly labelOf: (name: string) => string;
  readonly textOf: (name: string, value: Evidence[string]) => string;
  /** A long value: an entry or a line of it on each line. */
  readonly linesOf: (value: Evidence[string]) => string;
} {
  const t = useTranslations("diagnostics.evidence");
  const format = useFormat();
  const { detailOf } = usePhraseText();
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
    if (Array.isArray(value)) return value.length === 0 ? t("noneOfThem") : value.map(detailOf).join(", ");
    if (value === "") return t("empty");
    const key = `value.${name}.${value}`;
    return /^[\w-]+$/.test(value) && t.has(key as never) ? t(key as never) : detailOf(value);
  };
  const linesOf = (value: Evidence[string]): string =>
    Array.isArray(value)
      ? value.map(detailOf).join("\n")
      : String(value).split("\n").map(escapedText).join("\n");
  return { labelOf, textOf, linesOf };
}
