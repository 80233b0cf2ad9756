"use client";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { ActionProgress } from "@/components/action/action-progress";
import { escapedText } from "@/components/node/stats/escaped-text";
import { Button } from "@/components/ui/button";
import { FormNote } from "@/components/ui/form/form-note";
import { useFormat } from "@/components/ui/hooks/use-format";
import { Dialog } from "@/components/ui/overlay/dialog";
import { ErrorNote } from "@/components/ui/placeholder/error-note";
import { hasEnded, type RunAction, useRunAction } from "@/lib/client/queries/actions";
import type { Action } from "@/lib/model/actions/action.schema";
import type { Node } from "@/lib/model/node/node.schema";

interface PrefixDialogProps {
  readonly node: Node;
  readonly kind: "delete_prefix" | "mark_stale_prefix";
  readonly prefix: string;
  /** The counting action, started when the dialog was opened. */
  readonly dry: RunAction;
  readonly onClose: () => void;
}

/**
 * Counts the keys with a prefix, and deletes or marks them once the prefix has been typed. Loaded on demand.
 */
export default function PrefixDialog({ node, kind, prefix, dry, onClose }: PrefixDialogProps) {
  const t = useTranslations("keys.prefix");
  const real = useRunAction();
  const matched = dry.action !== null && hasEnded(dry.action) ? matchedBy(dry.action) : null;
  return (
    <Dialog
      open
      onClose={onClose}
      title={t(`title.${kind}`, { prefix: escapedText(prefix) })}
      description={t(`description.${kind}`)}
    >
      <div className="flex flex-col gap-3">
        {real.action === null && (
          <div role="status">
            {dry.error !== null && <ErrorNote what={t("toCount")} node={node.id} error={dry.error} />}
            {dry.error === null && (dry.action === null || !hasEnded(dry.action)) && (
              <FormNote tone="off">{t("counting")}</FormNote>
            )}
            {dry.action?.state === "failed" && (
              <FormNote tone="crit">{escapedText(dry.action.targets[0]?.detail ?? "")}</FormNote>
            )}
            {matched !== null && <Matched count={matched} />}
          </div>
        )}
        {real.error !== null && (
          <ErrorNote
            what={t(kind === "delete_prefix" ? "toDelete" : "toMark")}
            node={node.id}
            error={real.error}
          />
        )}
        {real.action !== null ? (
          <>
            <div role="status">
              <ActionProgress action={real.action} />
              <Removed action={real.action} />
            </div>
            <div className="flex justify-end">
              <Button tone="primary" onClick={onClose}>
                {t("close")}
              </Button>
            </div>
          </>
        ) : (
          <Confirm
            kind={kind}
            prefix={prefix}
            ready={matched !== null && matched > 0}
            busy={real.busy}
            onClose={onClose}
            onConfirm={(confirm) =>
              real.start({ kind, nodes: [node.id], input: { prefix, dryRun: false }, confirm })
            }
          />
        )}
      </div>
    </Dialog>
  );
}

function matchedBy(action: Action): number | null {
  return action.state === "done" ? (action.targets[0]?.after?.matched ?? null) : null;
}

function Matched({ count }: { readonly count: number }) {
  const t = useTranslations("keys.prefix");
  const format = useFormat();
  return (
    <FormNote tone={count === 0 ? "off" : "warn"}>
      {count === 0 ? t("nothing") : t("matched", { count: format.integer(count) })}
    </FormNote>
  );
}

function Removed({ action }: { readonly action: Action }) {
  const t = useTranslations("keys.prefix");
  const format = useFormat();
  const [target] = action.targets;
  const after = target?.after ?? null;
  if (after === null) return null;
  return (
    <p className="mt-2 tabular-nums">
      {t("progress", { deleted: format.integer(after.deleted), matched: format.integer(after.matched) })}
      {isPositive(after.changed) && (
        <span className="block">{t("changed", { count: format.integer(after.changed) })}</span>
      )}
      {isPositive(after.missing) && (
        <span className="block">{t("missing", { count: format.integer(after.missing) })}</span>
      )}
      {isPositive(after.failed) && (
        <span className="block">{t("failed", { count: format.integer(after.failed) })}</span>
      )}
      {hasEnded(action) && target?.detail && (
        <span className="block text-muted">{escapedText(target.detail)}</span>
      )}
    </p>
  );
}

function isPositive(count: number | null | undefined): boolean {
  return typeof count === "number" && count > 0;
}

interface ConfirmProps {
  readonly kind: PrefixDialogProps["kind"];
  readonly prefix: string;
  readonly ready: boolean;
  readonly busy: boolean;
  readonly onClose: () => void;
  readonly onConfirm: (typed: string) => void;
}

function Confirm({ kind, prefix, ready, busy, onClose, onConfirm }: ConfirmProps) {
  const t = useTranslations("keys.prefix");
  const [typed, setTyped] = useState("");
  const matches = typed === prefix;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (ready && matches && !busy) onConfirm(typed);
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      {ready && (
        <label className="flex flex-col gap-1">
          <span>{t("type", { prefix: escapedText(prefix) })}</span>
          <input
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            aria-label={t("typeLabel")}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            className="control h-9 font-mono"
          />
        </label>
      )}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{t("cancel")}</Button>
        <Button type="submit" tone="danger" disabled={!ready || !matches || busy}>
          {t(`do.${kind}`)}
        </Button>
      </div>
    </form>
  );
}
