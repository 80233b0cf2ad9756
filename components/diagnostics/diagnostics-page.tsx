"use client";
import { useTranslations } from "use-intl";
import { PageBar } from "@/components/shell/page-bar";
import { Empty } from "@/components/ui/empty";
import { ErrorNote } from "@/components/ui/error-note";
import { Skeleton } from "@/components/ui/skeleton";
import { useFindings } from "@/lib/client/diagnostics-queries";
import { optionalText, useParameter } from "@/lib/client/parameters";
import { FindingsDownload } from "./findings-download";
import { FindingsView } from "./findings-view";
import { RunButton } from "./run-button";
import { RunProgress } from "./run-progress";

const EVERYTHING = { node: null, pool: null };

/** Is anything of ours exposed, misconfigured or ill? */
export function DiagnosticsPage() {
  const t = useTranslations("diagnostics");
  const [run, setRun] = useParameter("run", optionalText);
  const { data: findings, error, refetch } = useFindings(EVERYTHING);
  return (
    <>
      <PageBar
        title={t("title")}
        charts={false}
        actions={
          <>
            {findings !== undefined && findings.findings.length > 0 && (
              <FindingsDownload scope={EVERYTHING} />
            )}
            <RunButton scope={EVERYTHING} onBegun={setRun} />
          </>
        }
      />
      <div className="flex flex-col gap-3.5">
        <p className="max-w-[110ch] text-muted">{t("lead")}</p>
        {run !== null && <RunProgress id={run} onClose={() => setRun(null)} />}
        {error !== null && <ErrorNote what={t("reading")} error={error} onRetry={() => void refetch()} />}
        {findings === undefined ? (
          error === null && <Skeleton className="h-64 w-full" />
        ) : findings.findings.length === 0 ? (
          <Empty title={t("list.none")}>
            <p>{t("list.noneWhy")}</p>
          </Empty>
        ) : (
          <FindingsView findings={findings} single={false} />
        )}
      </div>
    </>
  );
}
