"use client";
import { useTranslations } from "use-intl";
import { escapedText } from "@/components/node/stats/escaped-text";
import { Button } from "@/components/ui/button";
import { ToneGlyph } from "@/components/ui/status/tag";
import { Table, Td, Th } from "@/components/ui/table";
import { nodePath, ViewLink } from "@/components/ui/view-link";
import { PROBES, type ProbeName } from "@/lib/model/findings/finding";
import type { SeverityMatrixRow } from "@/lib/model/findings/finding.schema";
import { SEVERITY_TONE } from "./severity-tag";

interface SeverityMatrixProps {
  readonly rows: readonly SeverityMatrixRow[];
  /** Null: no further page. */
  readonly more: { readonly busy: boolean; readonly load: () => void } | null;
}

/** Nodes by probes, worst node first. A cell is the worst severity its probe found. */
export function SeverityMatrix({ rows, more }: SeverityMatrixProps) {
  const t = useTranslations("diagnostics.matrix");
  const probeName = useTranslations("diagnostics.probe");
  const probes = PROBES.filter((probe) => rows.some((row) => row.probes[probe] !== undefined));
  return (
    <>
      <Table label={t("title")}>
        <thead>
          <tr>
            <Th>{t("node")}</Th>
            {probes.map((probe) => (
              <Th key={probe}>{probeName(probe)}</Th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.node} className="hover:bg-line-soft">
              <Td className="font-mono text-xs">
                <ViewLink
                  href={`${nodePath(row.node)}?tab=diagnostics`}
                  className="inline-block max-w-40 truncate align-bottom hover:underline md:max-w-60 print:max-w-none"
                  title={escapedText(row.node)}
                >
                  {escapedText(row.node)}
                </ViewLink>{" "}
                <span className="text-faint">{row.pool}</span>
              </Td>
              {probes.map((probe) => (
                <Td key={probe}>
                  <Cell row={row} probe={probe} />
                </Td>
              ))}
            </tr>
          ))}
        </tbody>
      </Table>
      {more !== null && (
        <div className="flex justify-center p-3 print:hidden">
          <Button disabled={more.busy} onClick={more.load}>
            {t("more")}
          </Button>
        </div>
      )}
    </>
  );
}

const COLOURS = { ok: "text-ok", warn: "text-warn", crit: "text-crit", off: "text-muted" } as const;

interface CellProps {
  readonly row: SeverityMatrixRow;
  readonly probe: ProbeName;
}

function Cell({ row, probe }: CellProps) {
  const t = useTranslations("diagnostics");
  const cell = row.probes[probe];
  if (cell === undefined) return <span className="text-faint">{t("matrix.notRun")}</span>;
  const tone = SEVERITY_TONE[cell.severity];
  const label = cell.unknown ? t("verdict.unknown") : t(`severity.${cell.severity}`);
  return (
    <ViewLink
      href={`${nodePath(row.node)}?tab=diagnostics&probe=${probe}`}
      className={`inline-flex items-center gap-1.5 hover:underline ${COLOURS[cell.unknown ? "off" : tone]}`}
    >
      <ToneGlyph tone={cell.unknown ? "off" : tone} />
      <span className="text-xs">
        {label}
        {cell.count > 1 && cell.severity !== "ok" && ` × ${cell.count}`}
      </span>
    </ViewLink>
  );
}
