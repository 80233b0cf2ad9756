"use client";
import { useTranslations } from "use-intl";
import { useFormat } from "@/components/ui/hooks/use-format";
import type { Severity } from "@/lib/model/findings/finding";
import type { SeverityMatrixPage } from "@/lib/model/findings/finding.schema";

const COLOURS: Readonly<Record<Severity, string>> = {
  critical: "text-crit",
  warning: "text-warn",
  info: "text-text",
  ok: "text-ok",
};

interface SeverityTilesProps {
  readonly summary: Pick<SeverityMatrixPage, "totals" | "undiagnosed">;
  /** Findings of one node. */
  readonly single: boolean;
  readonly chosen: Severity | null;
  readonly onChoose: (severity: Severity | null) => void;
}

/** Counts by severity; a tile filters the list below. */
export function SeverityTiles({ summary, single, chosen, onChoose }: SeverityTilesProps) {
  const t = useTranslations("diagnostics");
  const format = useFormat();
  return (
    <ul className="grid grid-cols-2 gap-2.5 sm:grid-cols-5">
      {(["critical", "warning", "info", "ok"] as const).map((severity) => (
        <li key={severity}>
          <button
            type="button"
            aria-pressed={chosen === severity}
            onClick={() => onChoose(chosen === severity ? null : severity)}
            className="panel w-full px-3.5 py-2.5 text-left hover:border-faint aria-pressed:border-accent"
          >
            <span className="block text-muted text-xs">{t(`severity.${severity}`)}</span>
            <span
              className={`font-semibold text-xl tabular-nums ${summary.totals[severity] === 0 ? "text-faint" : COLOURS[severity]}`}
            >
              {format.integer(summary.totals[severity])}
            </span>
          </button>
        </li>
      ))}
      {!single && (
        <li className="panel px-3.5 py-2.5">
          <span className="block text-muted text-xs">{t("undiagnosed")}</span>
          <span className="font-semibold text-xl tabular-nums">{format.integer(summary.undiagnosed)}</span>
        </li>
      )}
    </ul>
  );
}
