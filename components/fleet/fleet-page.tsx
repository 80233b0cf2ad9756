"use client";
import { lazy, Suspense, useMemo } from "react";
import { useTranslations } from "use-intl";
import { ShareButton } from "@/components/sharing/button";
import { PageBar } from "@/components/shell/page-bar";
import { Empty } from "@/components/ui/placeholder/empty";
import { ErrorNote } from "@/components/ui/placeholder/error-note";
import { useListState } from "@/lib/client/view-state";
import type { Node } from "@/lib/model/node/node.schema";
import { SHARE_LIMITS } from "@/lib/model/share";
import { AttentionList } from "./attention/list";
import { LazyCharts } from "./charts/lazy";
import { filterNodes } from "./node-list/filter-nodes";
import { NodeSearch } from "./node-list/search";
import { NodeTable } from "./node-list/table";
import { LazyCells } from "./node-map/lazy";
import { Tiles } from "./tiles/tiles";
import { type FleetScope, useFleetScope } from "./use-fleet-scope";

// Rendered on the server all the same; only pages that show them load their code.
const FlushButton = lazy(() =>
  import("@/components/action/flush/button").then((module) => ({ default: module.FlushButton })),
);
const PoolLabels = lazy(() => import("./pool/labels").then((module) => ({ default: module.PoolLabels })));
const NodeFilters = lazy(() =>
  import("./node-list/filters").then((module) => ({ default: module.NodeFilters })),
);
const EmptyFleet = lazy(() => import("./empty-fleet").then((module) => ({ default: module.EmptyFleet })));
const ElsewhereNote = lazy(() => import("./peer-shard-note"));
const PoolLikeness = lazy(() =>
  import("./pool/consistency").then((module) => ({ default: module.PoolConsistency })),
);

/** The nodes of `scope` that pass the filters in the address. */
function useMatched(scope: FleetScope | null): readonly Node[] {
  const [{ q, pool, status, label, version }] = useListState();
  return useMemo(() => {
    if (scope === null) return [];
    return filterNodes(scope.nodes, { q, pool: scope.pool === null ? pool : null, status, label, version });
  }, [scope, q, pool, status, label, version]);
}

interface OverviewProps {
  readonly scope: FleetScope;
  readonly matched: readonly Node[];
}

function Overview({ scope, matched }: OverviewProps) {
  const t = useTranslations("fleet");
  const [, setList] = useListState();
  const elsewhere = scope.nodes.filter((node) => node.elsewhere).length;
  return (
    <>
      {/* That Memfleet itself is not reached says the banner over every page. */}
      {scope.error !== null && scope.error.status !== 0 && (
        <div className="mb-3.5">
          <ErrorNote what={t("reading")} error={scope.error} onRetry={scope.retry} />
        </div>
      )}
      <Tiles scope={scope} />
      {elsewhere > 0 && (
        <Suspense>
          <ElsewhereNote count={elsewhere} nodes={scope.nodes.length} />
        </Suspense>
      )}
      <AttentionList scope={scope} />
      <LazyCharts scope={scope} />
      {scope.pool !== null && (
        <Suspense>
          <PoolLikeness scope={scope} />
        </Suspense>
      )}
      <Suspense>
        <NodeFilters scope={scope} matched={matched.length} />
      </Suspense>
      <LazyCells scope={scope} nodes={matched} />
      <NodeTable
        scope={scope}
        nodes={matched}
        onClearFilters={() => setList({ q: null, pool: null, status: null, label: null, version: null })}
      />
    </>
  );
}

interface MatchedActionsProps {
  /** What the filters let through. */
  readonly nodes: readonly Node[];
  /** How many nodes there are without filters. */
  readonly all: number;
}

/** The whole fleet is shared readily, and never flushed by one button. */
function MatchedActions({ nodes, all }: MatchedActionsProps) {
  return (
    <>
      {nodes.length < all && (
        <Suspense>
          <FlushButton scope={{ pool: null, nodes }} />
        </Suspense>
      )}
      <ShareButton scope={{ nodes: nodes.map((node) => node.id) }} />
    </>
  );
}

interface PoolActionsProps {
  readonly pool: string;
  readonly nodes: readonly Node[];
}

function PoolActions({ pool, nodes }: PoolActionsProps) {
  return (
    <>
      {nodes.length > 0 && (
        <Suspense>
          <FlushButton scope={{ pool, nodes }} />
        </Suspense>
      )}
      <ShareButton scope={{ pool }} />
    </>
  );
}

/** The fleet, or one pool of it: what is wrong, how it goes, and every node. */
export function FleetPage({ pool }: { readonly pool: string | null }) {
  const t = useTranslations("fleet");
  const shell = useTranslations("shell");
  const scope = useFleetScope(pool);
  const matched = useMatched(scope);
  const complete = scope?.complete ?? false;
  const shareable = complete && matched.length > 0 && matched.length <= SHARE_LIMITS.nodes;
  const bar =
    pool === null ? (
      <PageBar
        title={shell("fleet")}
        actions={shareable ? <MatchedActions nodes={matched} all={scope?.nodes.length ?? 0} /> : undefined}
      >
        <NodeSearch />
      </PageBar>
    ) : (
      <PageBar
        crumbs={[{ label: shell("fleet"), href: "/" }]}
        title={pool}
        actions={scope === null ? undefined : <PoolActions pool={pool} nodes={scope.nodes} />}
      >
        <Suspense>
          <PoolLabels pool={pool} />
        </Suspense>
        <NodeSearch />
      </PageBar>
    );
  return (
    <>
      {bar}
      {scope === null ? (
        <Empty title={t("poolGone")}>{t("poolGoneMeans")}</Empty>
      ) : scope.configured ? (
        <Overview scope={scope} matched={matched} />
      ) : (
        <Suspense>
          <EmptyFleet />
        </Suspense>
      )}
    </>
  );
}
