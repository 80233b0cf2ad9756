"use client";
import { useTranslations } from "use-intl";
import { FilterField } from "@/components/ui/form/filter-field";
import { text, useParameter } from "@/lib/client/url-params";
import type { Node } from "@/lib/model/node/node.schema";
import { GroupPanel } from "./group-panel";

/** The node's startup options and runtime tuning. */
export function SettingsTab({ node }: { readonly node: Node }) {
  const t = useTranslations("node.settings");
  const [filter, setFilter] = useParameter("q", text);
  return (
    <GroupPanel
      node={node}
      group="settings"
      title={t("title")}
      meaning={t("meaning")}
      filter={filter}
      controls={<FilterField label={t("filter")} value={filter} onChange={setFilter} />}
    />
  );
}
