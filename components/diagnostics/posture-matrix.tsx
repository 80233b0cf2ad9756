"use client";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { visibleText } from "@/components/node/visible-text";
import { Button } from "@/components/ui/button";
import { Table, Td, Th } from "@/components/ui/table";
import { ToneGlyph } from "@/components/ui/tag";
import { nodePath, ViewLink } from "@/components/ui/view-link";
import { PROBES, type ProbeName } from "@/lib/model/finding-kinds";
import type { PostureCell, PostureRow } from "./posture";
import { SEVERITY_TONE } from "./severity-tag";

const PAGE = 50;

interface PostureMatrixProps {
  readonly rows: readonly PostureRow[];
  /** Whether what is well is among them: otherwise nothing is known of an empty cell. */
  readonly complete: boolean;
}

/** Nodes against probes, worst node first. A cell is the worst that its probe found. */
export function PostureMatrix({ rows, complete }: PostureMatrixProps) {
  const t = useTranslations("diagnostics.matrix");
  const name = useTranslations("diagnostics.probe");
  const [shown, setShown] = useState(PAGE);
  const run = PROBES.filter((probe) => rows.some((row) => row.cells[probe] !== null));
  return (
    <>
      <Table label={t("title")}>
        <thead>
          <tr>
            <Th>{t("node")}</Th>
            {run.map((probe) => (
              <Th key={probe}>{name(probe)}</Th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, shown).map((row) => (
            <tr key={row.node} className="hover:bg-line-soft">
              <Td className="font-mono text-xs">
                <ViewLink href={`${nodePath(row.node)}?tab=diagnostics`} className="hover:underline">
                  {visibleText(row.node)}
                </ViewLink>{" "}
                <span className="text-faint">{row.pool}</span>
              </Td>
              {run.map((probe) => (
                <Td key={probe}>
                  <Cell cell={row.cells[probe]} row={row} probe={probe} complete={complete} />
                </Td>
              ))}
            </tr>
          ))}
        </tbody>
      </Table>
      {rows.length > shown && (
        <div className="flex justify-center p-3 print:hidden">
          <Button onClick={() => setShown(shown + PAGE * 4)}>
            {t("more", { count: rows.length - shown })}
          </Button>
        </div>
      )}
    </>
  );
}

const COLOURS = { ok: "text-ok", warn: "text-warn", crit: "text-crit", off: "text-muted" } as const;

interface CellProps {
  readonly cell: PostureCell | null;
  readonly row: PostureRow;
  readonly probe: ProbeName;
  readonly complete: boolean;
}

function Cell({ cell, row, probe, complete }: CellProps) {
  const t = useTranslations("diagnostics");
  if (cell === null) {
    return <span className="text-faint">{t(complete ? "matrix.notRun" : "matrix.nothingOpen")}</span>;
  }
  const tone = SEVERITY_TONE[cell.severity];
  const word = cell.unknown ? t("verdict.unknown") : t(`severity.${cell.severity}`);
  return (
    <ViewLink
      href={`${nodePath(row.node)}?tab=diagnostics&probe=${probe}`}
      className={`inline-flex items-center gap-1.5 hover:underline ${COLOURS[cell.unknown ? "off" : tone]}`}
    >
      <ToneGlyph tone={cell.unknown ? "off" : tone} />
      <span className="text-xs">
        {word}
        {cell.count > 1 && cell.severity !== "ok" && ` × ${cell.count}`}
      </span>
    </ViewLink>
  );
}
