"use client";
import { useTranslations } from "use-intl";
import { PageBar } from "@/components/shell/page-bar";
import { Empty } from "@/components/ui/empty";
import { ErrorNote } from "@/components/ui/error-note";
import { Skeleton } from "@/components/ui/skeleton";
import { useFindings } from "@/lib/client/diagnostics-queries";
import { optionalChoice, optionalText, useParameter } from "@/lib/client/parameters";
import { SEVERITIES } from "@/lib/model/finding-kinds";
import { FindingsDownload } from "./findings-download";
import { FindingsView } from "./findings-view";
import { isEmpty } from "./posture";
import { PrintedHead } from "./printed-findings";
import { RunButton } from "./run-button";
import { RunProgress } from "./run-progress";

const EVERYTHING = { node: null, pool: null, well: true };
const OPEN = { ...EVERYTHING, well: false };
const SEVERITY = optionalChoice(SEVERITIES);

/** So many findings that are well are shown without being asked for. */
const FEW = 2_000;

/** Is anything of ours exposed, misconfigured or ill? */
export function DiagnosticsPage() {
  const t = useTranslations("diagnostics");
  const [run, setRun] = useParameter("run", optionalText);
  const [severity] = useParameter("severity", SEVERITY);
  const open = useFindings(OPEN);
  const few = open.data !== undefined && open.data.totals.ok <= FEW;
  const all = useFindings(EVERYTHING, few || severity === "ok");
  const complete = (few || severity === "ok") && all.data !== undefined;
  const findings = complete ? all.data : open.data;
  const error = open.error ?? all.error;
  const refetch = () => void (open.error === null ? all.refetch() : open.refetch());
  return (
    <>
      <PrintedHead findings={findings} />
      <div className="print:hidden">
        <PageBar
          title={t("title")}
          charts={false}
          actions={
            <>
              {findings !== undefined && !isEmpty(findings) && <FindingsDownload scope={EVERYTHING} />}
              <RunButton scope={EVERYTHING} onBegun={setRun} />
            </>
          }
        />
      </div>
      <div className="flex flex-col gap-3.5">
        <p className="max-w-[110ch] text-muted print:hidden">{t("lead")}</p>
        {run !== null && <RunProgress id={run} onClose={() => setRun(null)} />}
        {error !== null && <ErrorNote what={t("reading")} error={error} onRetry={refetch} />}
        {findings === undefined ? (
          error === null && <Skeleton className="h-64 w-full" />
        ) : isEmpty(findings) ? (
          <Empty title={t("list.none")}>
            <p>{t("list.noneWhy")}</p>
          </Empty>
        ) : (
          <FindingsView findings={findings} single={false} complete={complete} />
        )}
      </div>
    </>
  );
}
