"use client";
import { useTranslations } from "use-intl";
import { useFormat } from "@/components/ui/hooks/use-format";
import type { Progress } from "@/lib/model/findings/finding.schema";

/** Nodes that each probe of a run has finished. */
export function RunProbes({ run }: { readonly run: Progress }) {
  const t = useTranslations("diagnostics");
  const format = useFormat();
  return (
    <ul className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-xs" aria-label={t("run.byProbe")}>
      {run.probes.map((probe) => {
        const nodes = run.nodesDone[probe] ?? 0;
        return (
          <li key={probe} className="tabular-nums">
            <span className="text-muted">{t(`probe.${probe}`)}</span>{" "}
            <span className={nodes === run.nodes ? "text-ok" : undefined}>
              {t("run.ofNodes", { done: format.integer(nodes), nodes: format.integer(run.nodes) })}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
