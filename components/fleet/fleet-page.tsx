"use client";
import { useMemo } from "react";
import { useTranslations } from "use-intl";
import { ShareButton } from "@/components/sharing/button";
import { PageBar } from "@/components/shell/page-bar";
import { lazyPanel } from "@/components/ui/lazy-panel";
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

// The server renders them too; only pages that show them load their code.
const FlushButton = lazyPanel(async () => ({
  default: (await import("@/components/action/flush/button")).FlushButton,
}));
const PoolLabels = lazyPanel(async () => ({ default: (await import("./pool/labels")).PoolLabels }));
const NodeFilters = lazyPanel(async () => ({ default: (await import("./node-list/filters")).NodeFilters }));
const EmptyFleet = lazyPanel(async () => ({ default: (await import("./empty-fleet")).EmptyFleet }));
const PeerShardNote = lazyPanel(() => import("./peer-shard-note"));
const SharedProcessNote = lazyPanel(() => import("./shared-process-note"));
const PoolConsistency = lazyPanel(async () => ({
  default: (await import("./pool/consistency")).PoolConsistency,
}));

/** The nodes of `scope` that pass the filters in the URL. */
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
  const shared = scope.nodes.filter((node) => node.sameProcessAs !== undefined).length;
  return (
    <>
      {/* The banner already shows when Memfleet is unreachable. */}
      {scope.error !== null && scope.error.status !== 0 && (
        <div className="mb-3.5">
          <ErrorNote what={t("reading")} error={scope.error} onRetry={scope.retry} />
        </div>
      )}
      <Tiles scope={scope} />
      {elsewhere > 0 && <PeerShardNote count={elsewhere} nodes={scope.nodes.length} />}
      {shared > 0 && <SharedProcessNote count={shared} />}
      <AttentionList scope={scope} />
      <LazyCharts scope={scope} />
      {scope.pool !== null && <PoolConsistency scope={scope} />}
      <NodeFilters scope={scope} matched={matched.length} />
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
  /** The nodes that pass the filters. */
  readonly nodes: readonly Node[];
  /** The number of nodes without filters. */
  readonly total: number;
}

/** The entire fleet can be shared, but not flushed with one button. */
function MatchedActions({ nodes, total }: MatchedActionsProps) {
  return (
    <>
      {nodes.length < total && <FlushButton scope={{ pool: null, nodes }} />}
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
      {nodes.length > 0 && <FlushButton scope={{ pool, nodes }} />}
      <ShareButton scope={{ pool }} />
    </>
  );
}

/** The fleet, or one pool: summary, attention list, charts and nodes. */
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
        actions={shareable ? <MatchedActions nodes={matched} total={scope?.nodes.length ?? 0} /> : undefined}
      >
        <NodeSearch />
      </PageBar>
    ) : (
      <PageBar
        crumbs={[{ label: shell("fleet"), href: "/" }]}
        title={pool}
        actions={scope === null ? undefined : <PoolActions pool={pool} nodes={scope.nodes} />}
      >
        <PoolLabels pool={pool} />
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
        <EmptyFleet />
      )}
    </>
  );
}
