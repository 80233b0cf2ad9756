"use client";
import { lazy, Suspense, useMemo } from "react";
import { useTranslations } from "use-intl";
import { FilterField } from "@/components/node/filter-field";
import { Empty } from "@/components/ui/empty";
import { Panel } from "@/components/ui/panel";
import { optionalChoice, optionalText, text, useParameters } from "@/lib/client/parameters";
import type { Finding, Findings } from "@/lib/model/finding";
import { PROBES, SEVERITIES } from "@/lib/model/finding-kinds";
import { FindingList } from "./finding-list";
import { filterFindings, findingKey, posture } from "./posture";
import { PostureMatrix } from "./posture-matrix";
import { PostureTiles } from "./posture-tiles";

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
}

/** Findings at a glance, filtered, and one by one; what is chosen is in the address. */
export function FindingsView({ findings, single }: FindingsViewProps) {
  const t = useTranslations("diagnostics");
  const [view, setView] = useParameters(VIEW);
  const { severity, probe, pool, q } = view;
  const shown = useMemo(
    () => filterFindings(findings.findings, { severity, probe, pool, q }),
    [findings, severity, probe, pool, q],
  );
  const opened = findings.findings.find((finding) => findingKey(finding) === view.finding);
  const open = (finding: Finding | null) =>
    setView({ finding: finding === null ? null : findingKey(finding) }, "push");
  return (
    <div className="flex flex-col gap-3.5">
      <PostureTiles
        findings={findings}
        chosen={severity}
        onChoose={(chosen) => setView({ severity: chosen })}
      />
      {!single && <Matrix findings={findings} pool={pool} />}
      <Panel
        padded={false}
        title={t("list.title")}
        subtitle={t("list.count", { shown: shown.length, total: findings.findings.length })}
      >
        <div className="flex flex-wrap items-center gap-2 px-3.5 pb-2.5 print:hidden">
          <FilterField label={t("list.filter")} value={q} onChange={(value) => setView({ q: value })} />
          <select
            aria-label={t("list.probe")}
            value={probe ?? ""}
            onChange={(event) => setView({ probe: PROBES.find((one) => one === event.target.value) ?? null })}
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
            <Pools findings={findings} pool={pool} onPool={(chosen) => setView({ pool: chosen })} />
          )}
        </div>
        {shown.length === 0 ? (
          <div className="px-3.5 pb-3">
            <Empty title={t(findings.findings.length === 0 ? "list.none" : "list.nothingOpen")}>
              <p>{t(findings.findings.length === 0 ? "list.noneWhy" : "list.nothingOpenWhy")}</p>
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

interface MatrixProps {
  readonly findings: Findings;
  readonly pool: string | null;
}

function Matrix({ findings, pool }: MatrixProps) {
  const t = useTranslations("diagnostics.matrix");
  const rows = useMemo(
    () => posture(findings.findings).filter((row) => pool === null || row.pool === pool),
    [findings, pool],
  );
  if (rows.length === 0) return null;
  return (
    <Panel padded={false} title={t("title")} subtitle={t("subtitle", { count: rows.length })}>
      <PostureMatrix rows={rows} />
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
