"use client";
import { useTranslations } from "use-intl";
import { sentenceCase } from "@/components/i18n/sentence-case";
import { useFormat } from "@/components/ui/hooks/use-format";
import type { Attention } from "@/lib/model/fleet.schema";
import { HOUR_MS } from "@/lib/model/time";
import type { FleetScope } from "../use-fleet-scope";
import { attentionSentences, type SentenceValues } from "./sentences";

const TODAY_MS = 20 * HOUR_MS;

/** Values as text; the name of a value determines its unit. */
function useValueTexts(nowMs: number): (values: SentenceValues) => Record<string, string | number> {
  const format = useFormat();
  const textOf = (name: string, value: number): string | number => {
    if (name.endsWith("Ms")) return format.instant(value, nowMs - value < TODAY_MS ? "time" : "dateTime");
    if (name.endsWith("Seconds")) return format.duration(value);
    if (name.endsWith("PerSecond") || name === "perSecond") return format.rate(value);
    if (name === "before" || name === "now" || name === "unfetched") return format.ratio(value, 0);
    // Left as a number, because the message's plural depends on it.
    if (name === "times" || name === "notUp") return value;
    return format.integer(value);
  };
  return (values) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, textOf(name, value)]));
}

interface AttentionTextProps {
  readonly entry: Attention;
  readonly scope: FleetScope;
}

/** The sentences of an entry. */
export function AttentionText({ entry, scope }: AttentionTextProps) {
  const t = useTranslations("fleet.attention");
  const status = useTranslations("status");
  const textsOf = useValueTexts(scope.atMs);
  const poolNodes = scope.nodes.filter((node) => node.pool === entry.pool);
  const reason = poolNodes.find((node) => node.id === entry.node)?.statusCode ?? null;
  const sentences = attentionSentences(entry, {
    reason,
    // A page of a large fleet starts with the worst nodes only, which do not represent their pool.
    poolNodes: scope.complete ? poolNodes.length : 0,
    poolNotUp: poolNodes.filter((node) => node.status !== "up" && node.status !== "unknown").length,
  });
  return sentences
    .map(({ key, values }) =>
      t(`says.${key}`, {
        ...textsOf(values),
        pool: entry.pool,
        reason: reason === null ? "" : sentenceCase(status(`short.${reason}`)),
      }),
    )
    .join(t("between"));
}
