"use client";
import { useTranslations } from "use-intl";
import { PageBar } from "@/components/shell/page-bar";
import { Panel } from "@/components/ui/panel";
import { Empty } from "@/components/ui/placeholder/empty";
import { ErrorNote } from "@/components/ui/placeholder/error-note";
import { Skeleton } from "@/components/ui/placeholder/skeleton";
import { useSeverityMatrix } from "@/lib/client/queries/diagnostics";
import { optionalText, useParameter } from "@/lib/client/url-params";
import { FindingsDownload } from "./findings/download";
import { isEmpty } from "./findings/finding-name";
import { PrintedHead } from "./findings/printed";
import { FindingsView } from "./findings/view";
import { RunButton } from "./run/button";
import { RunProgress } from "./run/progress";
import { SeverityMatrix } from "./severity-matrix";

const FLEET = { node: null, pool: null };

/** Findings of the fleet: exposure, misconfiguration and health problems. */
export function DiagnosticsPage() {
  const t = useTranslations("diagnostics");
  const [run, setRun] = useParameter("run", optionalText);
  const [pool] = useParameter("pool", optionalText);
  const matrix = useSeverityMatrix({ node: null, pool });
  const summary = matrix.data?.pages[0];
  const { error } = matrix;
  const empty = summary !== undefined && pool === null && isEmpty(summary);
  return (
    <>
      <PrintedHead summary={summary} />
      <div className="print:hidden">
        <PageBar
          title={t("title")}
          charts={false}
          actions={
            <>
              {summary !== undefined && !empty && <FindingsDownload scope={FLEET} />}
              <RunButton scope={FLEET} onStarted={setRun} />
            </>
          }
        />
      </div>
      <div className="flex flex-col gap-3.5">
        <p className="max-w-[110ch] text-muted print:hidden">{t("lead")}</p>
        {run !== null && <RunProgress id={run} onClose={() => setRun(null)} />}
        {error !== null && (
          <ErrorNote what={t("reading")} error={error} onRetry={() => void matrix.refetch()} />
        )}
        {summary === undefined ? (
          error === null && <Skeleton className="h-64 w-full" />
        ) : empty ? (
          <Empty title={t("list.none")}>
            <p>{t("list.noneWhy")}</p>
          </Empty>
        ) : (
          <FindingsView summary={summary} node={null}>
            <Matrix matrix={matrix} />
          </FindingsView>
        )}
      </div>
    </>
  );
}

function Matrix({ matrix }: { readonly matrix: ReturnType<typeof useSeverityMatrix> }) {
  const t = useTranslations("diagnostics.matrix");
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = matrix;
  const rows = data?.pages.flatMap((page) => page.nodes) ?? [];
  if (rows.length === 0) return null;
  return (
    <Panel
      padded={false}
      title={t("title")}
      subtitle={t("subtitle", { count: data?.pages[0]?.diagnosed ?? 0 })}
    >
      <SeverityMatrix
        rows={rows}
        more={hasNextPage ? { busy: isFetchingNextPage, load: () => void fetchNextPage() } : null}
      />
    </Panel>
  );
}
