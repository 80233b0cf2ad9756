"use client";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useMaySee } from "@/components/access/use-refusal";
import { PageBar } from "@/components/shell/page-bar";
import { Button } from "@/components/ui/button";
import { lazyPanel } from "@/components/ui/lazy-panel";
import { Panel } from "@/components/ui/panel";
import { Empty } from "@/components/ui/placeholder/empty";
import { ErrorNote } from "@/components/ui/placeholder/error-note";
import { Skeleton } from "@/components/ui/placeholder/skeleton";
import { useAudit } from "@/lib/client/queries/audit";
import { optionalText, useParameter } from "@/lib/client/url-params";
import { ACTION_KINDS } from "@/lib/model/actions/action";
import type { AuditEntry } from "@/lib/model/actions/audit.schema";
import { AuditDetails } from "./audit/details";
import { AuditDownload } from "./audit/download";
import { isFiltered, NO_FILTER, useAuditFilter, useAuditSearch } from "./audit/filter";
import { AuditFilters } from "./audit/filters";
import { AuditTable } from "./audit/table";
import { RunningActions } from "./running-actions";

/** The actions taken, by whom and with what result. */
export function ActionsPage() {
  const t = useTranslations("action.audit");
  const operator = useMaySee("operator");
  const [filter] = useAuditFilter();
  return (
    <>
      <PageBar
        title={t("title")}
        charts={false}
        actions={operator ? <AuditDownload filter={filter} /> : undefined}
      />
      {operator ? <Entries /> : <Empty title={t("forbidden")} />}
    </>
  );
}

const ActionDialog = lazyPanel(() => import("./action-dialog"));

/** Entries of these kinds are actions on nodes: each has a view of its own. */
const ACTIONS: ReadonlySet<string> = new Set(ACTION_KINDS);

function Entries() {
  const t = useTranslations("action.audit");
  const [action, setAction] = useParameter("action", optionalText, "push");
  const [filter, setFilter] = useAuditFilter();
  const search = useAuditSearch(filter);
  const audit = useAudit(search);
  const [opened, setOpened] = useState<AuditEntry | null>(null);
  const entries = audit.data?.pages.flatMap((page) => page.entries) ?? [];
  return (
    <div className="flex flex-col gap-3.5">
      <p className="max-w-[110ch] text-muted">{t("lead")}</p>
      <RunningActions onOpen={setAction} />
      <AuditFilters filter={filter} onChange={(change) => void setFilter(change)} />
      {audit.error !== null && (
        <ErrorNote what={t("reading")} error={audit.error} onRetry={() => void audit.refetch()} />
      )}
      {audit.data === undefined ? (
        audit.error === null && <Skeleton className="h-64 w-full" />
      ) : entries.length === 0 ? (
        <Nothing filtered={isFiltered(filter)} onClear={() => void setFilter(NO_FILTER)} />
      ) : (
        <Panel padded={false} title={t(audit.hasNextPage ? "countMore" : "count", { count: entries.length })}>
          <AuditTable
            entries={entries}
            onOpen={(entry) =>
              ACTIONS.has(entry.kind) && entry.outcome !== "refused" ? setAction(entry.id) : setOpened(entry)
            }
          />
          {audit.hasNextPage && (
            <div className="flex justify-center p-3">
              <Button disabled={audit.isFetchingNextPage} onClick={() => void audit.fetchNextPage()}>
                {t(audit.isFetchingNextPage ? "loadingMore" : "more")}
              </Button>
            </div>
          )}
        </Panel>
      )}
      {action !== null && <ActionDialog id={action} onClose={() => setAction(null)} />}
      {opened !== null && <AuditDetails entry={opened} onClose={() => setOpened(null)} />}
    </div>
  );
}

interface NothingProps {
  readonly filtered: boolean;
  readonly onClear: () => void;
}

function Nothing({ filtered, onClear }: NothingProps) {
  const t = useTranslations("action.audit");
  if (!filtered) {
    return (
      <Empty title={t("empty")}>
        <p>{t("emptyText")}</p>
      </Empty>
    );
  }
  return (
    <Empty title={t("emptyFiltered")}>
      <Button onClick={onClear}>{t("clear")}</Button>
    </Empty>
  );
}
