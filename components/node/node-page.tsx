"use client";
import { useTranslations } from "use-intl";
import { FlushButton } from "@/components/action/flush-button";
import { ShareButton } from "@/components/share/share-button";
import { PageBar } from "@/components/shell/page-bar";
import { ErrorNote } from "@/components/ui/error-note";
import { poolPath } from "@/components/ui/view-link";
import { useNode, useStats } from "@/lib/client/queries";
import { useTab } from "@/lib/client/view-state";
import type { Node } from "@/lib/model/node";
import { ConnectionsTab } from "./connections-tab";
import { NodeHeader } from "./node-header";
import { NODE_TABS, NodeTabs } from "./node-tabs";
import { OverviewTab } from "./overview-tab";
import { RawTab } from "./raw-tab";
import { SettingsTab } from "./settings-tab";
import { SlabsTab } from "./slabs-tab";
import { VisibleText } from "./visible-text";

const TABS = {
  overview: OverviewTab,
  slabs: SlabsTab,
  connections: ConnectionsTab,
  settings: SettingsTab,
  raw: RawTab,
};

/** Everything about one node. `initial` is the node as the server knew it when it rendered. */
export function NodePage({ initial }: { readonly initial: Node }) {
  const t = useTranslations("node");
  const query = useNode(initial.id);
  const node = query.data ?? initial;
  const [tab, setTab] = useTab(NODE_TABS, "overview");
  const settings = useStats(node.id, "settings", { enabled: node.status === "up" });
  const Shown = TABS[tab];
  return (
    <>
      <PageBar
        crumbs={[
          { label: t("fleet"), href: "/" },
          { label: node.pool, href: poolPath(node.pool) },
        ]}
        title={<VisibleText text={node.id} />}
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
        udpPort={settings.data?.entries.udpport ?? null}
        actions={<FlushButton node={node} />}
      />
      <NodeTabs tab={tab} onTab={(next) => void setTab(next)}>
        <Shown node={node} />
      </NodeTabs>
    </>
  );
}
