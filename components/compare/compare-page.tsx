"use client";
import { lazy, Suspense } from "react";
import { useTranslations } from "use-intl";
import { EscapedText } from "@/components/node/stats/escaped-text";
import { ShareButton } from "@/components/sharing/button";
import { PageBar } from "@/components/shell/page-bar";
import { Age } from "@/components/ui/age";
import { Button } from "@/components/ui/button";
import { FilterField } from "@/components/ui/form/filter-field";
import { useHydrated } from "@/components/ui/hooks/use-hydrated";
import { Empty } from "@/components/ui/placeholder/empty";
import { ErrorNote } from "@/components/ui/placeholder/error-note";
import { Skeleton } from "@/components/ui/placeholder/skeleton";
import { useCompare } from "@/lib/client/queries/compare";
import { useFleet } from "@/lib/client/queries/fleet";
import { flag, text, useParameter } from "@/lib/client/url-params";
import { comparisonPeers } from "@/lib/metrics/compare/peers";
import { COMPARE_NODES } from "@/lib/model/compare";
import type { Compare } from "@/lib/model/compare.schema";
import type { Node } from "@/lib/model/node/node.schema";
import { NodePicker } from "./node-picker";
import { PickList } from "./pick-list";
import { useComparedNodes } from "./use-compared-nodes";

// The comparison is loaded after the page in any case, and so is the code that shows it.
const StatsTable = lazy(() => import("./stats-table").then((module) => ({ default: module.StatsTable })));
const NamesTable = lazy(() => import("./names-table").then((module) => ({ default: module.NamesTable })));
const ComparedCharts = lazy(() => import("./compared-charts"));
const NO_NODES: readonly Node[] = [];

/** Nodes side by side, with their differences. */
export function ComparePage() {
  const t = useTranslations("compare");
  const shell = useTranslations("shell");
  const fleet = useFleet().data;
  const nodes = fleet?.nodes ?? NO_NODES;
  const complete = fleet !== undefined && fleet.nextCursor === null;
  const [{ nodes: chosen, waiting }, setChosen] = useComparedNodes(complete ? nodes : null);
  const existing = complete ? chosen.filter((id) => nodes.some((node) => node.id === id)) : chosen;
  return (
    <>
      <PageBar
        crumbs={[{ label: shell("fleet"), href: "/" }]}
        title={t("title")}
        range={existing.length >= COMPARE_NODES.least}
        actions={existing.length > 0 ? <ShareButton scope={{ nodes: existing }} /> : undefined}
      />
      <div className="flex flex-col gap-3.5">
        <NodePicker chosen={chosen} nodes={nodes} complete={complete} onChange={setChosen} />
        {waiting ? (
          <Skeleton className="h-64 w-full" />
        ) : existing.length < COMPARE_NODES.least ? (
          <TooFew existing={existing} nodes={nodes} onChoose={setChosen} />
        ) : (
          <Comparison nodes={existing} />
        )}
      </div>
    </>
  );
}

interface TooFewProps {
  readonly existing: readonly string[];
  readonly nodes: readonly Node[];
  readonly onChoose: (nodes: readonly string[]) => void;
}

/** The next step when fewer than two nodes are selected. */
function TooFew({ existing, nodes, onChoose }: TooFewProps) {
  const t = useTranslations("compare");
  const node = nodes.find(({ id }) => id === existing[0]);
  if (node === undefined) {
    return (
      <Empty title={t("empty")}>
        <p>{t("emptyMeans")}</p>
        <PickList nodes={nodes} chosen={[]} onChoose={onChoose} />
      </Empty>
    );
  }
  const others = comparisonPeers(
    node.id,
    nodes.filter(({ pool }) => pool === node.pool),
  );
  return (
    <Empty title={t("one")}>
      {others.length === 0 ? (
        <p>{t("emptyMeans")}</p>
      ) : (
        <Button onClick={() => onChoose([node.id, ...others])}>{t("withPool", { pool: node.pool })}</Button>
      )}
      <PickList nodes={nodes} chosen={existing} onChoose={onChoose} />
    </Empty>
  );
}

function Comparison({ nodes }: { readonly nodes: readonly string[] }) {
  const t = useTranslations("compare");
  const hydrated = useHydrated();
  const [filter, setFilter] = useParameter("q", text);
  const [all, setAll] = useParameter("all", flag, "push");
  const query = useCompare(nodes, all);
  const compare = query.data;
  return (
    <>
      {query.error !== null && (
        <ErrorNote what={t("reading")} error={query.error} onRetry={() => void query.refetch()} />
      )}
      {compare === undefined ? (
        query.error === null && <Skeleton className="h-64 w-full" />
      ) : (
        <>
          <NodesNotRead nodes={compare.nodes} />
          <Suspense fallback={<Skeleton className="h-64 w-full" />}>
            <StatsTable compare={compare} />
          </Suspense>
        </>
      )}
      <Suspense fallback={<Skeleton className="h-64 w-full" />}>
        {hydrated ? <ComparedCharts nodes={nodes} /> : <Skeleton className="h-64 w-full" />}
      </Suspense>
      {compare !== undefined && (
        <>
          <search aria-label={t("filters")} className="flex flex-wrap items-center gap-x-4 gap-y-2">
            <FilterField label={t("filter")} value={filter} onChange={setFilter} />
            <label className="flex items-center gap-1.5">
              <input type="checkbox" checked={all} onChange={({ target }) => setAll(target.checked)} />
              {t("showAll")}
            </label>
          </search>
          <Suspense fallback={<Skeleton className="h-64 w-full" />}>
            <NamesTable group="settings" compare={compare} filter={filter} />
            <NamesTable group="stats" compare={compare} filter={filter} />
          </Suspense>
        </>
      )}
    </>
  );
}

/** Nodes that could not be read, each with its reason. */
function NodesNotRead({ nodes }: Pick<Compare, "nodes">) {
  const t = useTranslations("compare");
  const status = useTranslations("status");
  const silent = nodes.filter(({ answered }) => !answered);
  if (silent.length === 0) return null;
  return (
    <ul className="flex flex-col gap-1 rounded-lg bg-warn-soft px-3 py-2">
      {silent.map(({ id, reason, detail, lastKnownMs }) => (
        <li key={id} title={detail ?? undefined}>
          <span className="font-mono text-xs">
            <EscapedText text={id} />
          </span>
          {": "}
          {reason === null ? t("notAsked") : status(`reason.${reason}`)}{" "}
          <span className="text-muted">
            {lastKnownMs === null
              ? t("nothingKnownMeans")
              : t.rich("lastKnownMeans", { age: () => <Age atMs={lastKnownMs} /> })}
          </span>
        </li>
      ))}
    </ul>
  );
}
