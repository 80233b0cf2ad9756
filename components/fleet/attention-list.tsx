"use client";
import { useState } from "react";
import { useTranslations } from "use-intl";
import type { Attention } from "@/lib/model/fleet";
import { Button } from "../ui/button";
import { Panel } from "../ui/panel";
import { STATUS_TONE } from "../ui/status-tag";
import { Tag } from "../ui/tag";
import { useFormat } from "../ui/use-format";
import { nodePath, ViewLink } from "../ui/view-link";
import { AttentionText } from "./attention-text";
import type { Scope } from "./use-scope";

const SHOWN_AT_FIRST = 6;
const SHOWN_AT_MOST = 100;
const TONE_OF_SEVERITY = { critical: "crit", warning: "warn", info: "off" } as const;

/** The state in a word or two: the status when the node is not up, else what is odd about it. */
function AttentionTag({ entry, scope }: { readonly entry: Attention; readonly scope: Scope }) {
  const t = useTranslations();
  const node = scope.nodes.find((each) => each.id === entry.node);
  if (entry.kind === "status") {
    const status = node?.status ?? "down";
    return <Tag tone={STATUS_TONE[status]}>{t(`status.status.${status}`)}</Tag>;
  }
  return <Tag tone={TONE_OF_SEVERITY[entry.severity]}>{t(`fleet.attention.kinds.${entry.kind}`)}</Tag>;
}

function Entry({ entry, scope }: { readonly entry: Attention; readonly scope: Scope }) {
  const t = useTranslations("fleet.attention");
  return (
    <li className="col-span-full grid grid-cols-subgrid items-center gap-y-0.5 border-line-soft border-t py-1.5 first:border-0">
      <span className="justify-self-start">
        <AttentionTag entry={entry} scope={scope} />
      </span>
      <ViewLink
        href={nodePath(entry.node)}
        className="min-w-0 truncate font-semibold hover:underline md:max-w-72"
        title={entry.node}
      >
        {entry.node}
      </ViewLink>
      <p className="col-span-full text-muted md:col-span-1 md:col-start-3 md:row-start-1">
        <AttentionText entry={entry} scope={scope} />
      </p>
      <ViewLink
        href={nodePath(entry.node)}
        className="control hidden h-6 md:inline-flex"
        aria-label={t("openNode", { node: entry.node })}
      >
        {t("open")}
      </ViewLink>
    </li>
  );
}

/** What an operator should look at, worst first, in sentences. */
export function AttentionList({ scope }: { readonly scope: Scope }) {
  const t = useTranslations("fleet.attention");
  const format = useFormat();
  const [all, setAll] = useState(false);
  const { attention } = scope;
  const { nodes, unknown } = scope.totals;
  const shown = attention.slice(0, all ? SHOWN_AT_MOST : SHOWN_AT_FIRST);
  const hidden = attention.length - shown.length;
  return (
    <Panel
      title={t("title")}
      subtitle={attention.length > 0 && format.integer(attention.length)}
      className="mt-3.5"
    >
      {attention.length === 0 ? (
        <p className="flex items-center gap-2 py-1 text-muted">
          <Tag tone={unknown > 0 ? "off" : "ok"}>{unknown === nodes ? t("waiting") : t("nothing")}</Tag>
          {unknown === nodes
            ? t("waitingMeans")
            : unknown > 0
              ? t("nothingKnown", { count: unknown })
              : t("nothingMeans")}
        </p>
      ) : (
        <ul className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 md:grid-cols-[auto_auto_minmax(0,1fr)_auto]">
          {shown.map((entry) => (
            <Entry key={`${entry.node} ${entry.kind}`} entry={entry} scope={scope} />
          ))}
        </ul>
      )}
      {(hidden > 0 || all) && attention.length > SHOWN_AT_FIRST && (
        <div className="mt-1.5 flex items-center gap-3">
          <Button tone="quiet" aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? t("showFewer") : t("showAll", { count: attention.length })}
          </Button>
          {all && hidden > 0 && <span className="text-muted">{t("more", { count: hidden })}</span>}
        </div>
      )}
    </Panel>
  );
}
