"use client";
import { Suspense } from "react";
import { useTranslations } from "use-intl";
import { FlushButton } from "@/components/action/flush/button";
import { ShareButton } from "@/components/sharing/button";
import { PageBar } from "@/components/shell/page-bar";
import { Panel } from "@/components/ui/panel";
import { ErrorNote } from "@/components/ui/placeholder/error-note";
import { Skeleton } from "@/components/ui/placeholder/skeleton";
import { poolPath } from "@/components/ui/view-link";
import { FACTS_REFRESH_MS, useNode, useStats } from "@/lib/client/queries/node";
import { useTab } from "@/lib/client/view-state";
import type { Node } from "@/lib/model/node/node.schema";
import { canRead, canReadGroup } from "./capability";
import { NodeHeader } from "./header";
import { OverviewTab } from "./overview/tab";
import { EscapedText } from "./stats/escaped-text";
import { NODE_TABS, NodeTabs } from "./tab-bar";
import { LATER_TABS, type LaterTab, prepareTab } from "./tabs/lazy";

interface NodePageProps {
  /** The node at the time the server rendered. */
  readonly initial: Node;
  /** The meanings of memcached's own names in the facts. */
  readonly meanings: Readonly<Record<string, string>>;
}

/** Everything about one node. */
export function NodePage({ initial, meanings }: NodePageProps) {
  const t = useTranslations("node");
  const query = useNode(initial.id);
  const node = query.data ?? initial;
  const [tab, setTab] = useTab(NODE_TABS, "overview");
  const settings = useStats(node.id, "settings", {
    enabled: canReadGroup(node, "settings"),
    refreshMs: FACTS_REFRESH_MS,
  });
  // A node that another process collects has no version here.
  const general = useStats(node.id, "general", {
    enabled: node.elsewhere && canRead(node),
    refreshMs: FACTS_REFRESH_MS,
  });
  return (
    <>
      <PageBar
        crumbs={[
          { label: t("fleet"), href: "/" },
          { label: node.pool, href: poolPath(node.pool) },
        ]}
        title={<EscapedText text={node.id} />}
        range={tab === "overview"}
        actions={<ShareButton scope={{ nodes: [node.id] }} />}
      />
      {query.error && query.error.status !== 0 ? (
        <div className="mb-3">
          <ErrorNote
            what={t("reading.node")}
            node={node.id}
            error={query.error}
            onRetry={() => void query.refetch()}
          />
        </div>
      ) : null}
      <NodeHeader
        node={node}
        version={node.version ?? general.data?.entries.version ?? null}
        udpPort={settings.data?.entries.udpport ?? null}
        actions={<FlushButton scope={{ pool: null, nodes: [node] }} />}
      />
      <NodeTabs tab={tab} onTab={setTab} onNear={prepareTab}>
        {tab === "overview" ? (
          <OverviewTab node={node} meanings={meanings} />
        ) : (
          <Later tab={tab} node={node} />
        )}
      </NodeTabs>
    </>
  );
}

function Later({ tab, node }: { readonly tab: LaterTab; readonly node: Node }) {
  const Shown = LATER_TABS[tab];
  return (
    <Suspense
      fallback={
        <Panel>
          <Skeleton className="h-80 w-full" />
        </Panel>
      }
    >
      <Shown node={node} />
    </Suspense>
  );
}
