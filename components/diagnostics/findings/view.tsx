"use client";
import { lazy, type ReactNode, Suspense } from "react";
import { useTranslations } from "use-intl";
import { FilterField } from "@/components/ui/form/filter-field";
import { useFormat } from "@/components/ui/hooks/use-format";
import { Panel } from "@/components/ui/panel";
import { Empty } from "@/components/ui/placeholder/empty";
import { ErrorNote } from "@/components/ui/placeholder/error-note";
import { Skeleton } from "@/components/ui/placeholder/skeleton";
import { type FindingsFilter, useFindings } from "@/lib/client/queries/diagnostics";
import { useFleet } from "@/lib/client/queries/fleet";
import { PROBES, SEVERITIES } from "@/lib/model/findings/finding";
import type { BriefFinding, BriefFindings, SeverityMatrixPage } from "@/lib/model/findings/finding.schema";
import { SeverityTiles } from "../severity-tiles";
import { findingKey, findingName, isEmpty } from "./finding-name";
import { FindingList } from "./list";
import { PrintedFindings } from "./printed";
import { useFindingsFilter } from "./use-filter";

const FindingDialog = lazy(() => import("./dialog"));

interface FindingsViewProps {
  readonly summary: Pick<SeverityMatrixPage, "totals" | "undiagnosed">;
  /** Null: findings of the fleet; else of this node, without its name. */
  readonly node: string | null;
  /** Shown between the counts and the list. */
  readonly children?: ReactNode;
}

/** Findings: counts, filters and list. The selection is in the URL. */
export function FindingsView({ summary, node, children }: FindingsViewProps) {
  const t = useTranslations("diagnostics");
  const format = useFormat();
  const { view, setView, filter } = useFindingsFilter(node);
  const list = useFindings(filter);
  const findings = list.data?.pages.flatMap((page) => page.findings) ?? [];
  const total = list.data === undefined || filter.q !== "" ? null : matching(list.data.pages[0], filter);
  const openFinding = findingName(view.finding);
  const open = (finding: BriefFinding | null) =>
    setView({ finding: finding === null ? null : findingKey(finding) }, "push");
  const empty = isEmpty(summary);
  return (
    <div className="flex flex-col gap-3.5">
      <SeverityTiles
        summary={summary}
        single={node !== null}
        chosen={view.severity}
        onChoose={(chosen) => setView({ severity: chosen }, "push")}
      />
      {children}
      <Panel
        padded={false}
        title={t("list.title")}
        subtitle={
          list.data === undefined
            ? undefined
            : total === null
              ? t(list.hasNextPage ? "list.first" : "list.all", { shown: format.integer(findings.length) })
              : t("list.count", { shown: format.integer(findings.length), total: format.integer(total) })
        }
      >
        <div className="flex flex-wrap items-center gap-2 px-3.5 pb-2.5 print:hidden">
          <FilterField label={t("list.filter")} value={view.q} onChange={(q) => setView({ q })} />
          <select
            aria-label={t("list.probe")}
            value={view.probe ?? ""}
            onChange={(event) =>
              setView({ probe: PROBES.find((name) => name === event.target.value) ?? null }, "push")
            }
            className="control"
          >
            <option value="">{t("list.everyProbe")}</option>
            {PROBES.map((name) => (
              <option key={name} value={name}>
                {t(`probe.${name}`)}
              </option>
            ))}
          </select>
          {node === null && <Pools pool={view.pool} onPool={(chosen) => setView({ pool: chosen }, "push")} />}
        </div>
        <PrintedFindings findings={findings} filter={filter} total={total} />
        {list.error !== null && (
          <ErrorNote what={t("reading")} error={list.error} onRetry={() => void list.refetch()} />
        )}
        {list.data === undefined ? (
          list.error === null && <Skeleton className="h-64 w-full" />
        ) : findings.length === 0 ? (
          <div className="px-3.5 pb-3">
            <Empty title={t(empty ? "list.none" : "list.nothingOpen")}>
              <p>{t(empty ? "list.noneWhy" : "list.nothingOpenWhy")}</p>
            </Empty>
          </div>
        ) : (
          <FindingList
            findings={findings}
            withNode={node === null}
            stale={list.isPlaceholderData}
            more={
              list.hasNextPage
                ? { busy: list.isFetchingNextPage, load: () => void list.fetchNextPage() }
                : null
            }
            onOpen={open}
          />
        )}
      </Panel>
      {openFinding !== null && (
        <Suspense>
          <FindingDialog
            name={openFinding}
            brief={findings.find((finding) => findingKey(finding) === view.finding)}
            onClose={() => open(null)}
          />
        </Suspense>
      )}
    </div>
  );
}

/** Matching findings in total, on this page or not. */
function matching(page: BriefFindings | undefined, { severity, atMost }: FindingsFilter): number {
  const [min, max] = [SEVERITIES.indexOf(severity), SEVERITIES.indexOf(atMost ?? "critical")];
  return SEVERITIES.slice(min, max + 1).reduce((sum, level) => sum + (page?.totals[level] ?? 0), 0);
}

interface PoolsProps {
  readonly pool: string | null;
  readonly onPool: (pool: string | null) => void;
}

function Pools({ pool, onPool }: PoolsProps) {
  const t = useTranslations("diagnostics.list");
  const { data: fleet } = useFleet();
  const pools = fleet?.pools.map(({ name }) => name) ?? [];
  if (pools.length < 2 && pool === null) return null;
  return (
    <select
      aria-label={t("pool")}
      value={pool ?? ""}
      onChange={(event) => onPool(event.target.value || null)}
      className="control"
    >
      <option value="">{t("everyPool")}</option>
      {pools.map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}
