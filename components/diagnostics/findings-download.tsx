"use client";
import { Download, Printer } from "lucide-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { downloadText, fileName } from "@/components/charts/download";
import { Button } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/error-note";
import { getJson, getText } from "@/lib/client/api";
import { type FindingsScope, findingsPath } from "@/lib/client/diagnostics-queries";
import type { Findings } from "@/lib/model/finding";

/** The findings as files, and on paper. */
export function FindingsDownload({ scope }: { readonly scope: FindingsScope }) {
  const t = useTranslations("diagnostics.report");
  const [error, setError] = useState<unknown>(null);
  const name = (extension: string) =>
    fileName(
      ["diagnostics", scope.node ?? scope.pool ?? "", new Date().toISOString().slice(0, 10)],
      extension,
    );
  const save = (what: () => Promise<void>) => {
    setError(null);
    what().catch(setError);
  };
  const csv = async () =>
    downloadText(name("csv"), await getText(findingsPath(scope), undefined, "text/csv"));
  const json = async () => {
    const findings = await getJson<Findings>(findingsPath(scope));
    downloadText(name("json"), `${JSON.stringify(findings, null, 2)}\n`, "application/json");
  };
  return (
    <>
      <Button aria-label={t("csvLabel")} title={t("csvLabel")} onClick={() => save(csv)}>
        <Download size={13} aria-hidden="true" />
        CSV
      </Button>
      <Button aria-label={t("jsonLabel")} title={t("jsonLabel")} onClick={() => save(json)}>
        <Download size={13} aria-hidden="true" />
        JSON
      </Button>
      <Button onClick={() => print()}>
        <Printer size={13} aria-hidden="true" />
        {t("print")}
      </Button>
      {error !== null && <ErrorNote what={t("saving")} error={error} />}
    </>
  );
}
