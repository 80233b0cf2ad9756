"use client";
import { useTranslations } from "use-intl";
import { useFormat } from "@/components/ui/use-format";
import type { Diagnostic } from "@/lib/model/finding";
import { probesDone } from "./posture";

/** How many nodes each probe of a run is done with; nothing when the run tells only a part of what it found. */
export function RunProbes({ run }: { readonly run: Diagnostic }) {
  const t = useTranslations("diagnostics");
  const format = useFormat();
  const done = probesDone(run);
  if (done === null) return null;
  return (
    <ul className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-xs" aria-label={t("run.byProbe")}>
      {run.probes.map((probe) => {
        const nodes = done.get(probe) ?? 0;
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
