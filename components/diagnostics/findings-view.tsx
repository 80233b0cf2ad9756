"use client";
import { lazy, Suspense, useMemo } from "react";
import { useTranslations } from "use-intl";
import { FilterField } from "@/components/node/filter-field";
import { Empty } from "@/components/ui/empty";
import { Panel } from "@/components/ui/panel";
import { useFindings } from "@/lib/client/diagnostics-queries";
import { optionalChoice, optionalText, text, useParameters } from "@/lib/client/parameters";
import type { Finding, Findings } from "@/lib/model/finding";
import { PROBES, SEVERITIES } from "@/lib/model/finding-kinds";
import { FindingList } from "./finding-list";
import { filterFindings, findingKey, nodeOfKey, posture } from "./posture";
import { PostureMatrix } from "./posture-matrix";
import { PostureTiles } from "./posture-tiles";
import { PrintedFindings } from "./printed-findings";

const FindingDialog = lazy(() => import("./finding-dialog"));

const VIEW = {
  severity: optionalChoice(SEVERITIES),
  probe: optionalChoice(PROBES),
  pool: optionalText,
  q: text,
  finding: optionalText,
};

interface FindingsViewProps {
  readonly findings: Findings;
  /** One node's findings: no matrix, no names. */
  readonly single: boolean;
  /** Whether what is well is among them. */
  readonly complete: boolean;
}

/** Findings at a glance, filtered, and one by one; what is chosen is in the address. */
export function FindingsView({ findings, single, complete }: FindingsViewProps) {
  const t = useTranslations("diagnostics");
  const [view, setView] = useParameters(VIEW);
  const { severity, probe, pool, q } = view;
  const shown = useMemo(
    () => filterFindings(findings.findings, { severity, probe, pool, q }),
    [findings, severity, probe, pool, q],
  );
  const opened = useOpened(findings, view.finding);
  const open = (finding: Finding | null) =>
    setView({ finding: finding === null ? null : findingKey(finding) }, "push");
  return (
    <div className="flex flex-col gap-3.5">
      <PostureTiles
        findings={findings}
        single={single}
        chosen={severity}
        onChoose={(chosen) => setView({ severity: chosen }, "push")}
      />
      {!single && <Matrix findings={findings} pool={pool} complete={complete} />}
      <Panel
        padded={false}
        title={t("list.title")}
        subtitle={t("list.count", { shown: shown.length, total: sumOf(findings.totals) })}
      >
        <div className="flex flex-wrap items-center gap-2 px-3.5 pb-2.5 print:hidden">
          <FilterField label={t("list.filter")} value={q} onChange={(value) => setView({ q: value })} />
          <select
            aria-label={t("list.probe")}
            value={probe ?? ""}
            onChange={(event) =>
              setView({ probe: PROBES.find((one) => one === event.target.value) ?? null }, "push")
            }
            className="control"
          >
            <option value="">{t("list.everyProbe")}</option>
            {PROBES.map((one) => (
              <option key={one} value={one}>
                {t(`probe.${one}`)}
              </option>
            ))}
          </select>
          {!single && (
            <Pools findings={findings} pool={pool} onPool={(chosen) => setView({ pool: chosen }, "push")} />
          )}
        </div>
        <PrintedFindings findings={shown} />
        {shown.length === 0 ? (
          <div className="px-3.5 pb-3">
            <Empty title={t(sumOf(findings.totals) === 0 ? "list.none" : "list.nothingOpen")}>
              <p>{t(sumOf(findings.totals) === 0 ? "list.noneWhy" : "list.nothingOpenWhy")}</p>
            </Empty>
          </div>
        ) : (
          <FindingList findings={shown} withNode={!single} onOpen={open} />
        )}
      </Panel>
      {opened !== undefined && (
        <Suspense>
          <FindingDialog finding={opened} onClose={() => open(null)} />
        </Suspense>
      )}
    </div>
  );
}

/** The finding that the address names, as it is now: a re-test may have taken it out of the list. */
function useOpened(findings: Findings, key: string | null): Finding | undefined {
  const node = nodeOfKey(key);
  const { data } = useFindings({ node, pool: null, well: true }, node !== null);
  const named = (finding: Finding) => findingKey(finding) === key;
  return data?.findings.find(named) ?? findings.findings.find(named);
}

function sumOf({ critical, warning, info, ok }: Findings["totals"]): number {
  return critical + warning + info + ok;
}

interface MatrixProps {
  readonly findings: Findings;
  readonly complete: boolean;
  readonly pool: string | null;
}

function Matrix({ findings, pool, complete }: MatrixProps) {
  const t = useTranslations("diagnostics.matrix");
  const rows = useMemo(
    () => posture(findings.findings).filter((row) => pool === null || row.pool === pool),
    [findings, pool],
  );
  if (rows.length === 0) return null;
  return (
    <Panel
      padded={false}
      title={t("title")}
      subtitle={t(complete ? "subtitle" : "subtitleOpen", { count: rows.length })}
    >
      <PostureMatrix rows={rows} complete={complete} />
    </Panel>
  );
}

interface PoolsProps {
  readonly findings: Findings;
  readonly pool: string | null;
  readonly onPool: (pool: string | null) => void;
}

function Pools({ findings, pool, onPool }: PoolsProps) {
  const t = useTranslations("diagnostics.list");
  const pools = useMemo(
    () => [...new Set(findings.findings.map((finding) => finding.pool))].sort(),
    [findings],
  );
  if (pools.length < 2) return null;
  return (
    <select
      aria-label={t("pool")}
      value={pool ?? ""}
      onChange={(event) => onPool(event.target.value || null)}
      className="control"
    >
      <option value="">{t("everyPool")}</option>
      {pools.map((one) => (
        <option key={one} value={one}>
          {one}
        </option>
      ))}
    </select>
  );
}
