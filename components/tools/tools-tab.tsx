"use client";
import { useTranslations } from "use-intl";
import { useMaySee } from "@/components/access/use-refusal";
import { canRead } from "@/components/node/capability";
import { Empty } from "@/components/ui/placeholder/empty";
import type { Node } from "@/lib/model/node/node.schema";
import { CapabilityCheck } from "./capability-check";
import { LoadTest } from "./load-test";
import { PingPanel } from "./ping-panel";
import { Tuning } from "./tuning";

/** Testing and tuning a node. */
export function ToolsTab({ node }: { readonly node: Node }) {
  const t = useTranslations("tools");
  const all = useTranslations("node");
  if (!useMaySee("operator")) return <Empty title={t("forbidden")}>{t("forbiddenWhy")}</Empty>;
  if (!canRead(node)) return <Empty title={all("noLive")}>{all("noLiveWhy")}</Empty>;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-3.5 lg:grid-cols-2">
      <PingPanel node={node} />
      <CapabilityCheck node={node} />
      <LoadTest node={node} />
      <Tuning node={node} />
    </div>
  );
}
