"use client";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/overlay/dialog";
import { ErrorNote } from "@/components/ui/placeholder/error-note";
import { useCreateShare } from "@/lib/client/queries/shares";
import { CreatedLink } from "./created-link";
import { NEW_DRAFT, type ShareDraft, type ShareScope, shareInput } from "./draft";
import { ShareForm } from "./form";
import { SharePreview } from "./preview";

interface ShareDialogProps {
  readonly scope: ShareScope;
  readonly onClose: () => void;
}

/** Creates a share link, with a preview. Loaded on demand. */
export default function ShareDialog({ scope, onClose }: ShareDialogProps) {
  const t = useTranslations("share");
  const [draft, setDraft] = useState<ShareDraft>(NEW_DRAFT);
  const make = useCreateShare();
  const name = draft.label.trim() || ("pool" in scope ? scope.pool : (scope.nodes[0] ?? ""));
  if (make.data !== undefined) {
    return (
      <Dialog open onClose={onClose} title={t("made.title")}>
        <CreatedLink made={make.data} name={name} hasPassword={draft.password !== ""} onDone={onClose} />
      </Dialog>
    );
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate(shareInput(scope, draft));
  };
  return (
    <Dialog open onClose={onClose} wide title={t("dialog.title")} description={t("dialog.description")}>
      <form onSubmit={submit} className="grid gap-5 md:grid-cols-[minmax(0,1fr)_minmax(0,1.15fr)]">
        <ShareForm draft={draft} onChange={(change) => setDraft((before) => ({ ...before, ...change }))} />
        <section className="min-w-0" aria-label={t("dialog.preview")}>
          <h3 className="mb-1.5 text-muted text-xs">{t("dialog.preview")}</h3>
          <div className="rounded-[10px] border border-line border-dashed bg-bg p-3 md:max-h-[62vh] md:overflow-auto">
            <SharePreview scope={scope} draft={draft} />
          </div>
        </section>
        <div className="-mx-4 -mb-4 sticky bottom-[-16px] flex flex-col gap-2 border-line border-t bg-raised px-4 py-3 md:col-span-2">
          {make.error !== null && <ErrorNote what={t("dialog.making")} error={make.error} />}
          <div className="flex justify-end gap-2">
            <Button onClick={onClose}>{t("dialog.cancel")}</Button>
            <Button type="submit" tone="primary" disabled={make.isPending}>
              {t(make.isPending ? "dialog.creating" : "dialog.create")}
            </Button>
          </div>
        </div>
      </form>
    </Dialog>
  );
}
