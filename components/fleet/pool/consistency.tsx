"use client";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { PoolComparison } from "@/components/compare/pool-comparison";
import { useFormat } from "@/components/ui/hooks/use-format";
import { Panel } from "@/components/ui/panel";
import { Tag, type Tone } from "@/components/ui/status/tag";
import { nodePath, ViewLink } from "@/components/ui/view-link";
import type { FleetScope } from "../use-fleet-scope";
import { type Group, limitSkew, loadSkew, versionSkew } from "./skew";

/** From this factor on, the load is notably uneven. */
const NOTABLE_FACTOR = 1.5;

interface FindingProps {
  readonly tone: Tone;
  readonly title: string;
  readonly verdict: string;
  readonly children: ReactNode;
}

function Finding({ tone, title, verdict, children }: FindingProps) {
  return (
    <div className="min-w-0">
      <h3 className="text-muted text-xs">{title}</h3>
      <p className="my-1">
        <Tag tone={tone}>{verdict}</Tag>
      </p>
      <div className="text-muted">{children}</div>
    </div>
  );
}

function LoadFinding({ scope }: { readonly scope: FleetScope }) {
  const t = useTranslations("fleet.consistency");
  const format = useFormat();
  const skew = loadSkew(scope.nodes);
  if (skew === null || skew.factor === null) {
    return (
      <Finding tone="off" title={t("load")} verdict={t("notComparable")}>
        {t("notComparableMeans")}
      </Finding>
    );
  }
  const notable = skew.factor >= NOTABLE_FACTOR;
  return (
    <Finding
      tone={notable ? "warn" : "ok"}
      title={t("load")}
      verdict={t("factor", { factor: format.rate(skew.factor) })}
    >
      {t.rich("busiest", {
        node: () => (
          <ViewLink href={nodePath(skew.busiest)} className="font-medium text-text hover:underline">
            {skew.busiest}
          </ViewLink>
        ),
        max: format.rate(skew.max),
        median: format.rate(skew.median),
      })}
    </Finding>
  );
}

interface GroupsFindingProps<T> {
  readonly title: string;
  readonly groups: readonly Group<T>[];
  /** The number of nodes, whether they report it or not. */
  readonly nodes: number;
  readonly textOf: (value: T) => string;
  readonly differs: string;
}

function GroupsFinding<T extends string | number>(props: GroupsFindingProps<T>) {
  const { title, groups, nodes, textOf, differs } = props;
  const t = useTranslations("fleet.consistency");
  const reporting = groups.reduce((sum, group) => sum + group.nodes.length, 0);
  if (groups.length === 0) {
    return (
      <Finding tone="off" title={title} verdict={t("unknown")}>
        {t("unknownMeans")}
      </Finding>
    );
  }
  const value = textOf((groups[0] as Group<T>).value);
  return (
    <Finding
      tone={groups.length > 1 ? "warn" : reporting < nodes ? "off" : "ok"}
      title={title}
      verdict={
        groups.length > 1
          ? differs
          : reporting < nodes
            ? t("sameKnown", { value, known: reporting, nodes })
            : t("same", { value })
      }
    >
      {groups.length > 1 && (
        <ul>
          {groups.slice(0, 4).map((group) => (
            <li key={group.value} className="truncate" title={group.nodes.slice(0, 20).join("\n")}>
              <span className="font-medium text-text">{textOf(group.value)}</span>{" "}
              {t("nodes", { count: group.nodes.length })}
              {group.nodes.length === 1 && <> · {group.nodes[0]}</>}
            </li>
          ))}
        </ul>
      )}
    </Finding>
  );
}

/** The consistency of a pool's nodes: load, version and memory limit. */
export function PoolConsistency({ scope }: { readonly scope: FleetScope }) {
  const t = useTranslations("fleet.consistency");
  const format = useFormat();
  if (scope.totals.nodes < 2) return null;
  const versions = versionSkew(scope.nodes);
  const limits = limitSkew(scope.nodes);
  return (
    <Panel title={t("title")} className="mt-3.5">
      <div className="grid gap-4 md:grid-cols-3">
        <LoadFinding scope={scope} />
        <GroupsFinding
          title={t("version")}
          groups={versions}
          nodes={scope.nodes.length}
          textOf={(version) => version}
          differs={t("versionsDiffer", { count: versions.length })}
        />
        <GroupsFinding
          title={t("limit")}
          groups={limits}
          nodes={scope.nodes.length}
          textOf={format.bytes}
          differs={t("limitsDiffer", { count: limits.length })}
        />
      </div>
      {scope.pool !== null && <PoolComparison pool={scope.pool} />}
    </Panel>
  );
}
