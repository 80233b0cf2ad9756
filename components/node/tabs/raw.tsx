"use client";
import { useTranslations } from "use-intl";
import { FilterField } from "@/components/ui/form/filter-field";
import { STATS_GROUPS, type StatsGroup } from "@/lib/catalogue/stats-groups";
import { choice, text, useParameter } from "@/lib/client/url-params";
import type { Node } from "@/lib/model/node/node.schema";
import { GROUP_CAPABILITY, lackingReason } from "../capability";
import { GroupPanel } from "./group-panel";

const GROUP = choice(STATS_GROUPS, "general");

/** Every stats group as the server reports it. */
export function RawTab({ node }: { readonly node: Node }) {
  const t = useTranslations("node.raw");
  const [group, setGroup] = useParameter("group", GROUP, "push");
  const [filter, setFilter] = useParameter("q", text);
  return (
    <GroupPanel
      node={node}
      group={group}
      title={group === "general" ? "stats" : `stats ${group}`}
      meaning={t(`groups.${group}`)}
      filter={filter}
      controls={
        <>
          <GroupChoice node={node} group={group} onGroup={setGroup} />
          <FilterField label={t("filter")} value={filter} onChange={setFilter} />
        </>
      }
    />
  );
}

interface GroupChoiceProps {
  readonly node: Node;
  readonly group: StatsGroup;
  readonly onGroup: (group: StatsGroup) => void;
}

/** The groups; one that the node does not support stays visible and gives the reason when chosen. */
function GroupChoice({ node, group, onGroup }: GroupChoiceProps) {
  const t = useTranslations("node.raw");
  const lacking = useTranslations("status.lacking");
  return (
    <fieldset className="flex flex-wrap gap-1">
      <legend className="sr-only">{t("choose")}</legend>
      {STATS_GROUPS.map((name) => {
        const reason = lackingReason(node, GROUP_CAPABILITY[name]);
        return (
          <button
            key={name}
            type="button"
            aria-pressed={name === group}
            title={reason === null ? t(`groups.${name}`) : lacking(reason)}
            onClick={() => onGroup(name)}
            className={`rounded-md border border-line px-2 py-0.5 text-xs hover:border-faint aria-pressed:border-accent aria-pressed:bg-accent-soft aria-pressed:text-accent ${reason === null ? "" : "border-dashed text-faint"}`}
          >
            {name}
            {reason === null ? null : <span className="sr-only"> ({lacking(reason)})</span>}
          </button>
        );
      })}
    </fieldset>
  );
}
