"use client";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { escapedText } from "@/components/node/stats/escaped-text";
import { Button } from "@/components/ui/button";
import { FormNote } from "@/components/ui/form/form-note";
import type { ActionPreview } from "@/lib/model/actions/action.schema";
import { flushRefusalOf } from "./refusal";
import { useFlushRefusalText } from "./use-refusal";

interface FlushConfirmProps {
  readonly preview: ActionPreview;
  /** The rest of the form is valid. */
  readonly ready: boolean;
  readonly busy: boolean;
  readonly onCancel: () => void;
  /** Gets the confirmed text: the node's id, or the name in the preview. */
  readonly onConfirm: (confirm: string) => void;
}

/** The confirmation: in production the name has to be typed. */
export function FlushConfirm({ preview, ready, busy, onCancel, onConfirm }: FlushConfirmProps) {
  const t = useTranslations("action.flush");
  const textOf = useFlushRefusalText();
  const [typed, setTyped] = useState("");
  const [only] = preview.nodes;
  const takers = preview.nodes.filter((node) => flushRefusalOf(node) === null);
  const refusal = takers.length > 0 || only === undefined ? null : flushRefusalOf(only);
  const expected = preview.confirm ?? "";
  const shown = escapedText(expected);
  const matches = !preview.production || typed.trim() === expected;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (refusal !== null || !matches || !ready || busy) return;
    onConfirm(preview.production ? typed.trim() : expected);
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      {refusal !== null && <FormNote tone="crit">{textOf(refusal)}</FormNote>}
      {refusal === null && preview.production && (
        <label className="flex flex-col gap-1">
          <span>{t(preview.nodes.length === 1 ? "production" : "productionSeveral", { node: shown })}</span>
          <input
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            aria-label={t(preview.nodes.length === 1 ? "confirmLabel" : "confirmLabelSeveral")}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            placeholder={shown}
            className="control h-9 font-mono"
          />
        </label>
      )}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onCancel}>{t("cancel")}</Button>
        {refusal === null && (
          <Button type="submit" tone="danger" disabled={!matches || !ready || busy} className="min-w-0">
            <span className="truncate">{busy ? t("confirming") : t("confirm", { node: shown })}</span>
          </Button>
        )}
      </div>
    </form>
  );
}
