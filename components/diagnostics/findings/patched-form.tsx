"use client";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { useMaySee, useRefusal } from "@/components/access/use-refusal";
import { escapedText } from "@/components/node/stats/escaped-text";
import { Instant } from "@/components/ui/age";
import { Button } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/placeholder/error-note";
import { useMarkPatched } from "@/lib/client/queries/diagnostics";
import type { Finding } from "@/lib/model/findings/finding.schema";

/** An admin's word that this build has the fix: distributions mend without changing the number. */
export function PatchedForm({ finding }: { readonly finding: Finding }) {
  const t = useTranslations("diagnostics.patched");
  const mark = useMarkPatched();
  const admin = useMaySee("admin");
  const refusal = useRefusal("admin");
  const [note, setNote] = useState("");
  const { node, check, patched } = finding;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    mark.mutate({ node, check, patched: true, note: note.trim() });
  };
  return (
    <section className="rounded-lg border border-line px-3 py-2">
      <h3 className="font-semibold">{t("title")}</h3>
      {patched === null ? (
        <p className="text-muted">{t("explain")}</p>
      ) : (
        <p>
          {t.rich("marked", {
            by: escapedText(patched.by),
            at: () => <Instant atMs={patched.atMs} />,
          })}
          {patched.note !== "" && <span className="text-muted"> {escapedText(patched.note)}</span>}
        </p>
      )}
      {admin && refusal === null && (
        <form onSubmit={submit} className="mt-2 flex flex-wrap gap-2">
          {patched === null ? (
            <>
              <input
                aria-label={t("note")}
                placeholder={t("note")}
                value={note}
                maxLength={500}
                onChange={(event) => setNote(event.target.value)}
                className="control min-w-0 flex-1"
              />
              <Button type="submit" disabled={mark.isPending}>
                {t("mark")}
              </Button>
            </>
          ) : (
            <Button
              disabled={mark.isPending}
              onClick={() => mark.mutate({ node, check, patched: false, note: "" })}
            >
              {t("unmark")}
            </Button>
          )}
        </form>
      )}
      {mark.error !== null && <ErrorNote what={t("saving")} node={node} error={mark.error} />}
    </section>
  );
}
