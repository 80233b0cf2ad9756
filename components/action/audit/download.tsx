"use client";
import { Download } from "lucide-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { downloadText, fileName } from "@/components/charts/download";
import { Button } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/placeholder/error-note";
import { getJson, getText } from "@/lib/client/api";
import { auditPath } from "@/lib/client/queries/audit";
import type { Audit } from "@/lib/model/actions/audit.schema";
import { type AuditFilter, auditSearch } from "./filter";

/** The most entries of a file. */
const MOST = 10_000;

/** Downloads of the filtered entries. */
export function AuditDownload({ filter }: { readonly filter: AuditFilter }) {
  const t = useTranslations("action.audit");
  const [error, setError] = useState<unknown>(null);
  const path = () => auditPath(auditSearch(filter, MOST));
  const name = (extension: string) => fileName(["audit", new Date().toISOString().slice(0, 16)], extension);
  const save = async (what: () => Promise<void>) => {
    setError(null);
    await what().catch(setError);
  };
  const csv = async () => downloadText(name("csv"), await getText(path(), "text/csv"));
  const json = async () => {
    const { entries } = await getJson<Audit>(path());
    downloadText(name("json"), `${JSON.stringify(entries, null, 2)}\n`, "application/json");
  };
  return (
    <>
      <Button aria-label={t("csvLabel")} title={t("csvLabel")} onClick={() => void save(csv)}>
        <Download size={13} aria-hidden="true" />
        {t("csv")}
      </Button>
      <Button aria-label={t("jsonLabel")} title={t("jsonLabel")} onClick={() => void save(json)}>
        <Download size={13} aria-hidden="true" />
        {t("json")}
      </Button>
      {error !== null && <ErrorNote what={t("downloading")} error={error} />}
    </>
  );
}
