"use client";
import { useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { Button } from "@/components/ui/button";
import { useFormat } from "@/components/ui/hooks/use-format";
import { Panel } from "@/components/ui/panel";
import { STATUS_TONE } from "@/components/ui/status/status-tag";
import { Tag } from "@/components/ui/status/tag";
import { nodePath, poolPath, ViewLink } from "@/components/ui/view-link";
import type { Node } from "@/lib/model/node/node.schema";
import type { FleetScope } from "../use-fleet-scope";
import { type AttentionGroup, groupsOf } from "./groups";
import { AttentionText } from "./text";

const SHOWN_AT_FIRST = 6;
const SHOWN_AT_MOST = 100;
const TONE_OF_SEVERITY = { critical: "crit", warning: "warn", info: "off" } as const;

type Nodes = ReadonlyMap<string, Node>;

interface RowProps {
  readonly group: AttentionGroup;
  readonly nodes: Nodes;
  readonly scope: FleetScope;
}

/** The state in a word or two: the status when the node is not up, else the kind of the entry. */
function AttentionTag({ group: { first }, nodes }: RowProps) {
  const t = useTranslations();
  if (first.kind === "status") {
    const status = nodes.get(first.node)?.status ?? "down";
    return <Tag tone={STATUS_TONE[status]}>{t(`status.status.${status}`)}</Tag>;
  }
  return <Tag tone={TONE_OF_SEVERITY[first.severity]}>{t(`fleet.attention.kinds.${first.kind}`)}</Tag>;
}

/** The target of an entry's link: the node, or the pool's nodes in that state. */
function whereTo({ first, count }: AttentionGroup, nodes: Nodes): string {
  if (count === 1) return nodePath(first.node);
  const status = first.kind === "status" ? nodes.get(first.node)?.status : undefined;
  return status === undefined ? poolPath(first.pool) : `${poolPath(first.pool)}?status=${status}`;
}

function Row(props: RowProps) {
  const { group, nodes, scope } = props;
  const { first, count } = group;
  const t = useTranslations("fleet.attention");
  const format = useFormat();
  const href = whereTo(group, nodes);
  const name = count === 1 ? first.node : t("many", { count: format.integer(count), pool: first.pool });
  return (
    <li className="col-span-full grid grid-cols-subgrid items-center gap-y-0.5 border-line-soft border-t py-1.5 first:border-0">
      <span className="justify-self-start">
        <AttentionTag {...props} />
      </span>
      <ViewLink
        href={href}
        className="min-w-0 truncate font-semibold hover:underline md:max-w-72"
        title={name}
      >
        {name}
      </ViewLink>
      <p className="col-span-full text-muted md:col-span-1 md:col-start-3 md:row-start-1">
        {count > 1 && <b className="font-medium">{first.node}: </b>}
        <AttentionText entry={first} scope={scope} />
      </p>
      <ViewLink
        href={href}
        className="control hidden h-6 md:inline-flex"
        aria-label={t("openNode", { node: name })}
      >
        {t("open")}
      </ViewLink>
    </li>
  );
}

function statusDetailOf(node: Node | undefined): string {
  return `${node?.status} ${node?.statusCode}`;
}

/** What needs an operator's attention, worst first, in sentences. */
export function AttentionList({ scope }: { readonly scope: FleetScope }) {
  const t = useTranslations("fleet.attention");
  const format = useFormat();
  const [all, setAll] = useState(false);
  const { attention } = scope;
  const { nodes: total, unknown } = scope.totals;
  const nodes = useMemo(() => new Map(scope.nodes.map((node) => [node.id, node])), [scope.nodes]);
  const groups = useMemo(
    () => groupsOf(attention, ({ kind, node }) => (kind === "status" ? statusDetailOf(nodes.get(node)) : "")),
    [attention, nodes],
  );
  const shown = groups.slice(0, all ? SHOWN_AT_MOST : SHOWN_AT_FIRST);
  const hidden = groups.length - shown.length;
  return (
    <Panel
      title={t("title")}
      subtitle={attention.length > 0 && format.integer(attention.length)}
      className="mt-3.5"
    >
      {attention.length === 0 ? (
        <p className="flex items-center gap-2 py-1 text-muted">
          <Tag tone={unknown > 0 ? "off" : "ok"}>{unknown === total ? t("waiting") : t("nothing")}</Tag>
          {unknown === total
            ? t("waitingMeans")
            : unknown > 0
              ? t("nothingKnown", { count: unknown })
              : t("nothingMeans")}
        </p>
      ) : (
        <ul className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 md:grid-cols-[auto_auto_minmax(0,1fr)_auto]">
          {shown.map((group) => (
            <Row key={`${group.first.node} ${group.first.kind}`} group={group} nodes={nodes} scope={scope} />
          ))}
        </ul>
      )}
      {(hidden > 0 || all) && groups.length > SHOWN_AT_FIRST && (
        <div className="mt-1.5 flex items-center gap-3">
          <Button tone="quiet" aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? t("showFewer") : t("showAll", { count: groups.length })}
          </Button>
          {all && hidden > 0 && <span className="text-muted">{t("more", { count: hidden })}</span>}
        </div>
      )}
    </Panel>
  );
}
