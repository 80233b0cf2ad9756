"use client";
import { useTranslations } from "use-intl";
import { useMaySee } from "@/components/access/use-refusal";
import { canRead } from "@/components/node/capability";
import { Empty } from "@/components/ui/placeholder/empty";
import type { Node } from "@/lib/model/node/node.schema";
import { KeyList } from "./key-list";
import { KeyLookup } from "./key-lookup";

/** Looking up, changing and listing the keys of a node. */
export function KeysTab({ node }: { readonly node: Node }) {
  const t = useTranslations("keys");
  const node_ = useTranslations("node");
  if (!useMaySee("operator")) return <Empty title={t("forbidden")}>{t("forbiddenWhy")}</Empty>;
  if (!canRead(node)) return <Empty title={node_("noLive")}>{node_("noLiveWhy")}</Empty>;
  return (
    <div className="flex flex-col gap-3.5">
      <KeyLookup node={node} />
      <KeyList node={node} />
    </div>
  );
}
