"use client";
import { FileText } from "lucide-react";
import { type ReactNode, useMemo } from "react";
import { useTranslations } from "use-intl";
import { downloadText, fileName } from "@/components/charts/download";
import { Age } from "@/components/ui/age";
import { IconButton } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy/button";
import { CopyCommand } from "@/components/ui/copy/command";
import { CsvButton } from "@/components/ui/csv-button";
import { useFormat } from "@/components/ui/hooks/use-format";
import { Hint } from "@/components/ui/overlay/tooltip";
import { Panel } from "@/components/ui/panel";
import { Empty } from "@/components/ui/placeholder/empty";
import { ErrorNote } from "@/components/ui/placeholder/error-note";
import { Skeleton } from "@/components/ui/placeholder/skeleton";
import type { StatsGroup } from "@/lib/catalogue/stats-groups";
import { useStats } from "@/lib/client/queries/node";
import type { Node } from "@/lib/model/node/node.schema";
import { canRead, GROUP_CAPABILITY, lackingReason } from "../capability";
import { LackingNote } from "../lacking-note";
import { asReply, explain, matchesStat, type StatRow } from "../stats/stat-rows";
import { StatTable } from "../stats/stat-table";
import { useGroupCommands } from "../use-group-commands";

interface GroupPanelProps {
  readonly node: Node;
  readonly group: StatsGroup;
  readonly title: string;
  readonly meaning: string;
  readonly filter: string;
  /** Above the table: filter, choice of group. */
  readonly controls: ReactNode;
}

/** One live stats group as a table, to filter, copy and save. */
export function GroupPanel({ node, group, title, meaning, filter, controls }: GroupPanelProps) {
  const t = useTranslations("node.entries");
  const { locale } = useFormat();
  const reason = lackingReason(node, GROUP_CAPABILITY[group]);
  const query = useStats(node.id, group, { enabled: canRead(node) && reason === null });
  const commands = useGroupCommands(node, group, group === "general" ? "get_hits" : undefined);
  const reply = query.data?.group === group ? query.data : undefined;
  const entries = useMemo(
    () => Object.entries(reply?.entries ?? {}).map(([name, value]) => explain(group, name, value)),
    [reply, group],
  );
  const shown = useMemo(
    () => entries.filter((entry) => matchesStat(entry, filter, locale)),
    [entries, filter, locale],
  );
  return (
    <Panel
      padded={false}
      title={<Hint text={meaning}>{title}</Hint>}
      subtitle={reply === undefined ? null : <Age atMs={reply.atMs} />}
      tools={
        <>
          {reply === undefined ? null : (
            <SaveTools node={node} group={group} entries={entries} locale={locale} />
          )}
          {commands.length > 0 ? <CopyCommand commands={commands} /> : null}
        </>
      }
    >
      <div className="flex flex-wrap items-center gap-2 px-3.5 pb-2.5">
        {controls}
        {reply === undefined ? null : (
          <span className="text-muted text-xs" role="status">
            {t("shown", { shown: shown.length, total: entries.length })}
          </span>
        )}
      </div>
      {query.error ? (
        <div className="px-3.5 pb-3">
          <ErrorNote
            what={t("reading", { group })}
            node={node.id}
            error={query.error}
            onRetry={() => void query.refetch()}
          />
        </div>
      ) : null}
      {reply === undefined ? (
        query.error ? null : (
          <div className="px-3.5 pb-3">
            <Placeholder node={node} title={title} reason={reason} />
          </div>
        )
      ) : shown.length === 0 ? (
        <p className="px-3.5 pb-3 text-muted">{t(entries.length === 0 ? "empty" : "nothingMatches")}</p>
      ) : (
        <StatTable entries={shown} label={title} kinds={group === "general"} />
      )}
    </Panel>
  );
}

interface PlaceholderProps {
  readonly node: Node;
  readonly title: string;
  readonly reason: ReturnType<typeof lackingReason>;
}

function Placeholder({ node, title, reason }: PlaceholderProps) {
  const t = useTranslations("node");
  if (!canRead(node)) return <Empty title={t("noLive")}>{t("noLiveWhy")}</Empty>;
  if (reason !== null) return <LackingNote title={title} reason={reason} />;
  return <Skeleton className="h-80 w-full" />;
}

interface SaveToolsProps {
  readonly node: Node;
  readonly group: StatsGroup;
  readonly entries: readonly StatRow[];
  readonly locale: "en" | "ja";
}

function SaveTools({ node, group, entries, locale }: SaveToolsProps) {
  const t = useTranslations("node.entries");
  return (
    <>
      <CopyButton text={asReply(entries)} label={t("copy")} />
      <IconButton
        label={t("download")}
        icon={<FileText size={14} aria-hidden />}
        onClick={() =>
          downloadText(fileName([node.id, "stats", group], "txt"), asReply(entries), "text/plain")
        }
      />
      <CsvButton
        name={`${node.id}-stats-${group}`}
        rows={() => [
          ["name", "value", "meaning"],
          ...entries.map(({ name, value, meaning }) => [name, value, meaning?.[locale] ?? ""]),
        ]}
      />
    </>
  );
}
