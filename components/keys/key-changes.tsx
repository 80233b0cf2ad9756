"use client";
import { type FormEvent, type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import { ActionOutcome } from "@/components/action/action-outcome";
import { Button } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/placeholder/error-note";
import { useRunAction } from "@/lib/client/queries/actions";
import type { ActionKind } from "@/lib/model/actions/action";
import type { KeyItem } from "@/lib/model/node/keys.schema";
import type { Node } from "@/lib/model/node/node.schema";

interface KeyChangesProps {
  readonly node: Node;
  readonly item: KeyItem;
  readonly onChanged: () => void;
}

/** Touch, increment, decrement and delete, with the node's response. */
export function KeyChanges({ node, item, onChanged }: KeyChangesProps) {
  const t = useTranslations("keys.change");
  const [confirming, setConfirming] = useState(false);
  const { start, action, busy, error } = useRunAction(onChanged);
  const name = { key: item.key, keyEncoding: item.keyEncoding };
  const act = (kind: ActionKind, input: Record<string, unknown>) => {
    setConfirming(false);
    start({ kind, nodes: [node.id], input: { ...name, ...input } });
  };
  return (
    <section className="flex flex-col gap-2">
      <h3 className="font-semibold">{t("title")}</h3>
      <div className="flex flex-wrap items-end gap-x-5 gap-y-2">
        <NumberForm
          label={t("touchSeconds")}
          initial="3600"
          busy={busy}
          onSubmit={(exptime) => act("touch_key", { exptime })}
        >
          {t("touch")}
        </NumberForm>
        {item.format === "number" && (
          <NumberForm
            label={t("by")}
            initial="1"
            busy={busy}
            onSubmit={(by) => act("incr_key", { by })}
            second={{ label: t("decr"), onSubmit: (by) => act("decr_key", { by }) }}
          >
            {t("incr")}
          </NumberForm>
        )}
        {confirming ? (
          <span className="flex items-center gap-2">
            {t("deleteSure")}
            <Button tone="danger" disabled={busy} onClick={() => act("delete_key", {})}>
              {t("delete")}
            </Button>
            <Button onClick={() => setConfirming(false)}>{t("keep")}</Button>
          </span>
        ) : (
          <Button tone="harm" disabled={busy} onClick={() => setConfirming(true)}>
            {t("deleteAsk")}
          </Button>
        )}
      </div>
      <div role="status">
        {error !== null && <ErrorNote what={t("changing")} node={node.id} error={error} />}
        <ActionOutcome action={action} />
      </div>
    </section>
  );
}

interface NumberFormProps {
  readonly label: string;
  readonly initial: string;
  readonly busy: boolean;
  readonly onSubmit: (value: number) => void;
  readonly second?: { readonly label: string; readonly onSubmit: (value: number) => void };
  readonly children: ReactNode;
}

function NumberForm({ label, initial, busy, onSubmit, second, children }: NumberFormProps) {
  const [typed, setTyped] = useState(initial);
  const valid = /^-?\d{1,15}$/.test(typed.trim());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (valid && !busy) onSubmit(Number(typed));
  };
  return (
    <form onSubmit={submit} className="flex items-center gap-1.5">
      <input
        aria-label={label}
        title={label}
        inputMode="numeric"
        value={typed}
        aria-invalid={!valid}
        onChange={(event) => setTyped(event.target.value)}
        className="control w-28"
      />
      <Button type="submit" disabled={!valid || busy}>
        {children}
      </Button>
      {second !== undefined && (
        <Button disabled={!valid || busy} onClick={() => second.onSubmit(Number(typed))}>
          {second.label}
        </Button>
      )}
    </form>
  );
}
