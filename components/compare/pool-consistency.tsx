"use client";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { EscapedText, escapedText } from "@/components/node/stats/escaped-text";
import { Button } from "@/components/ui/button";
import { useFormat } from "@/components/ui/hooks/use-format";
import { Hint } from "@/components/ui/overlay/tooltip";
import { Tag } from "@/components/ui/status/tag";
import { Table, Td, Th } from "@/components/ui/table";
import { ViewLink } from "@/components/ui/view-link";
import { usePoolConsistency } from "@/lib/client/queries/compare";
import { COMPARE_NODES } from "@/lib/model/compare";
import type { Drift } from "@/lib/model/compare.schema";
import { comparePath } from "./compare-path";

type Setting = Drift["settings"][number];
type Group = Setting["groups"][number];

/** Settings shown at first. */
const SHOWN = 8;
/** Groups shown of one setting. */
const GROUPS = 4;
/** Nodes named of a group that is not the largest. */
const NAMED = 3;

/** Settings that differ within the pool. */
export function PoolConsistency({ pool }: { readonly pool: string }) {
  const t = useTranslations("compare.drift");
  const [expanded, setExpanded] = useState(false);
  const drift = usePoolConsistency(pool).data;
  if (drift === undefined) return null;
  const shown = expanded ? drift.settings : drift.settings.slice(0, SHOWN);
  return (
    <section className="min-w-0">
      <header className="mb-1 flex flex-wrap items-baseline gap-x-3">
        <h3 className="font-semibold">{t("title")}</h3>
        <Verdict drift={drift} />
        <span className="text-muted text-xs">{t("known", { known: drift.known, nodes: drift.nodes })}</span>
        {drift.lastKnown > 0 && (
          <span className="text-warn text-xs">{t("lastKnown", { count: drift.lastKnown })}</span>
        )}
      </header>
      {shown.length > 0 && (
        <Table label={t("title")}>
          <thead>
            <tr>
              <Th>{t("setting")}</Th>
              <Th className="w-full">{t("values")}</Th>
              <Th>
                <span className="sr-only">{t("compare")}</span>
              </Th>
            </tr>
          </thead>
          <tbody>
            {shown.map((setting) => (
              <SettingRow key={setting.name} setting={setting} />
            ))}
          </tbody>
        </Table>
      )}
      {drift.settings.length > SHOWN && (
        <Button tone="quiet" className="mt-1 text-accent" onClick={() => setExpanded((was) => !was)}>
          {expanded ? t("fewer") : t("more", { count: drift.settings.length })}
        </Button>
      )}
    </section>
  );
}

function Verdict({ drift }: { readonly drift: Drift }) {
  const t = useTranslations("compare.drift");
  if (drift.known < 2) return <Tag tone="off">{t("tooFew")}</Tag>;
  if (drift.settings.length === 0) return <Tag tone="ok">{t("alike")}</Tag>;
  return <Tag tone="warn">{t("differ", { count: drift.settings.length })}</Tag>;
}

function SettingRow({ setting }: { readonly setting: Setting }) {
  const t = useTranslations("compare.drift");
  const { locale } = useFormat();
  const { name, meaning, groups, tied } = setting;
  const pair = groups.slice(0, COMPARE_NODES.most).flatMap(({ nodes }) => nodes.slice(0, 1));
  return (
    <tr>
      <th
        scope="row"
        className="border-line-soft border-b px-2.5 py-[5px] text-left align-top font-mono font-normal text-xs"
      >
        {meaning === null ? <EscapedText text={name} /> : <Hint text={meaning[locale]}>{name}</Hint>}
      </th>
      <Td className="whitespace-normal align-top">
        <ul className="flex flex-col gap-0.5">
          {groups.slice(0, GROUPS).map((group, index) => (
            <li key={group.value === null ? "\u0000" : group.value} className="break-words">
              <Value group={group} />{" "}
              <span className="text-muted">
                {t(index === 0 && !tied ? "majority" : "nodes", { count: group.count })}
              </span>
              {(index > 0 || tied) && <Named group={group} />}
            </li>
          ))}
          {groups.length > GROUPS && (
            <li className="text-muted">{t("moreValues", { count: groups.length - GROUPS })}</li>
          )}
        </ul>
      </Td>
      <Td className="align-top">
        <ViewLink
          href={comparePath(pair)}
          aria-label={t("compareFor", { name: escapedText(name) })}
          className="text-accent hover:underline"
        >
          {t("compare")}
        </ViewLink>
      </Td>
    </tr>
  );
}

function Value({ group }: { readonly group: Group }) {
  const t = useTranslations("compare.drift");
  if (group.value === null) return <span className="text-faint">{t("notReported")}</span>;
  return (
    <span className="font-mono font-semibold text-xs">
      <EscapedText text={group.value} />
    </span>
  );
}

function Named({ group }: { readonly group: Group }) {
  const more = group.count - NAMED;
  return (
    <span className="text-muted text-xs" title={group.nodes.map(escapedText).join("\n")}>
      {" · "}
      {group.nodes.slice(0, NAMED).map(escapedText).join(", ")}
      {more > 0 && ` +${more}`}
    </span>
  );
}
