"use client";
import { RotateCw } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslations } from "use-intl";
import { useRefusal } from "@/components/access/use-refusal";
import { Button } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/placeholder/error-note";
import { useDiagnose, useProgress, useRefreshFindings } from "@/lib/client/queries/diagnostics";
import type { ProbeName } from "@/lib/model/findings/finding";

interface RetestButtonProps {
  readonly node: string;
  readonly probe: ProbeName;
}

/** Runs one probe on one node again; the previous result stays visible beside the new one. */
export function RetestButton({ node, probe }: RetestButtonProps) {
  const t = useTranslations("diagnostics.run");
  const diagnose = useDiagnose();
  const refresh = useRefreshFindings();
  const refusal = useRefusal("operator");
  const [id, setId] = useState<string | null>(null);
  const { data: run } = useProgress(id);
  const ended = run !== undefined && (run.state === "done" || run.state === "cancelled");
  useEffect(() => {
    if (ended) refresh();
  }, [ended, refresh]);
  const busy = diagnose.isPending || (id !== null && !ended);
  return (
    <>
      <Button
        disabled={busy || refusal !== null}
        title={refusal ?? undefined}
        onClick={() =>
          diagnose.mutate({ nodes: [node], probes: [probe] }, { onSuccess: (started) => setId(started.id) })
        }
      >
        <RotateCw size={13} aria-hidden="true" />
        {t(busy ? "busy" : "again")}
      </Button>
      {diagnose.error !== null && <ErrorNote what={t("starting")} node={node} error={diagnose.error} />}
    </>
  );
}
