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

/** Marks a build as patched: distributions backport fixes without changing the version number. */
export function PatchedForm({ finding }: { readonly finding: Finding }) {
  const t = useTranslations("diagnostics.patched");
  const markPatched = useMarkPatched();
  const admin = useMaySee("admin");
  const refusal = useRefusal("admin");
  const [note, setNote] = useState("");
  const { node, check, patched } = finding;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    markPatched.mutate({ node, check, patched: true, note: note.trim() });
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
              <Button type="submit" disabled={markPatched.isPending}>
                {t("mark")}
              </Button>
            </>
          ) : (
            <Button
              disabled={markPatched.isPending}
              onClick={() => markPatched.mutate({ node, check, patched: false, note: "" })}
            >
              {t("unmark")}
            </Button>
          )}
        </form>
      )}
      {markPatched.error !== null && <ErrorNote what={t("saving")} node={node} error={markPatched.error} />}
    </section>
  );
}
