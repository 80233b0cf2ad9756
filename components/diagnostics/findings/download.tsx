"use client";
import { Download, Printer } from "lucide-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { fileName } from "@/components/charts/download";
import { Button } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/placeholder/error-note";
import { type FindingsScope, findingsDownloadUrl, useReadReport } from "@/lib/client/queries/diagnostics";
import { useFindingsFilter } from "./use-filter";

/** Downloads and prints the findings. */
export function FindingsDownload({ scope }: { readonly scope: FindingsScope }) {
  const t = useTranslations("diagnostics.report");
  const { filter } = useFindingsFilter(scope.node);
  const { read, forget } = useReadReport(filter);
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: null });
  const printReport = async () => {
    setState({ busy: true, error: null });
    try {
      await read();
      addEventListener("afterprint", forget, { once: true });
      print();
      setState({ busy: false, error: null });
    } catch (error) {
      setState({ busy: false, error });
    }
  };
  return (
    <>
      <Save scope={scope} extension="csv" label={t("csvLabel")} />
      <Save scope={scope} extension="json" label={t("jsonLabel")} />
      <Button disabled={state.busy} onClick={() => void printReport()}>
        <Printer size={13} aria-hidden="true" />
        {t("print")}
      </Button>
      {state.error !== null && <ErrorNote what={t("saving")} error={state.error} />}
    </>
  );
}

interface SaveProps {
  readonly scope: FindingsScope;
  readonly extension: "csv" | "json";
  readonly label: string;
}

/** The browser streams the file to disk: with thousands of nodes it is too large for memory. */
function Save({ scope, extension, label }: SaveProps) {
  const save = () => {
    const day = new Date().toISOString().slice(0, 10);
    const link = document.createElement("a");
    link.href = findingsDownloadUrl(scope, extension);
    link.download = fileName(["diagnostics", scope.node ?? scope.pool ?? "", day], extension);
    link.click();
  };
  return (
    <Button aria-label={label} title={label} onClick={save}>
      <Download size={13} aria-hidden="true" />
      {extension.toUpperCase()}
    </Button>
  );
}
