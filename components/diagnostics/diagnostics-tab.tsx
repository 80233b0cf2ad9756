"use client";
import { useTranslations } from "use-intl";
import { Empty } from "@/components/ui/placeholder/empty";
import { ErrorNote } from "@/components/ui/placeholder/error-note";
import { Skeleton } from "@/components/ui/placeholder/skeleton";
import { useSeverityMatrix } from "@/lib/client/queries/diagnostics";
import { optionalText, useParameter } from "@/lib/client/url-params";
import type { Node } from "@/lib/model/node/node.schema";
import { FindingsDownload } from "./findings/download";
import { isEmpty } from "./findings/finding-name";
import { FindingsView } from "./findings/view";
import { RunButton } from "./run/button";
import { RunProgress } from "./run/progress";

/** Findings of one node. */
export function DiagnosticsTab({ node }: { readonly node: Node }) {
  const t = useTranslations("diagnostics");
  const [run, setRun] = useParameter("run", optionalText);
  const scope = { node: node.id, pool: null };
  const { data, error, refetch } = useSeverityMatrix(scope);
  const summary = data?.pages[0];
  return (
    <div className="flex flex-col gap-3.5">
      <div className="flex flex-wrap items-center justify-end gap-2 print:hidden">
        {summary !== undefined && !isEmpty(summary) && <FindingsDownload scope={scope} />}
        <RunButton scope={scope} onStarted={setRun} />
      </div>
      {run !== null && <RunProgress id={run} onClose={() => setRun(null)} />}
      {error !== null && (
        <ErrorNote what={t("reading")} node={node.id} error={error} onRetry={() => void refetch()} />
      )}
      {summary === undefined ? (
        error === null && <Skeleton className="h-64 w-full" />
      ) : isEmpty(summary) ? (
        <Empty title={t("list.none")}>
          <p>{t("list.noneNode")}</p>
        </Empty>
      ) : (
        <FindingsView summary={summary} node={node.id} />
      )}
    </div>
  );
}
