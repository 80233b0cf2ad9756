"use client";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { ActionOutcome } from "@/components/action/action-outcome";
import { lackingReason } from "@/components/node/capability";
import { escapedText } from "@/components/node/stats/escaped-text";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/form/field";
import { useFormat } from "@/components/ui/hooks/use-format";
import { ErrorNote } from "@/components/ui/placeholder/error-note";
import { useRunAction } from "@/lib/client/queries/actions";
import { ACTION_FACTS } from "@/lib/model/actions/action";
import type { Node } from "@/lib/model/node/node.schema";
import type { Tuning } from "./tunings";
import { useCanAct } from "./use-can-act";

interface TuningFormProps {
  readonly node: Node;
  readonly tuning: Tuning;
  /** The current value as the node reports it; null when it is not reported. */
  readonly now: string | null;
}

/** One setting: effect, risks, form, confirmation and result. */
export function TuningForm({ node, tuning, now }: TuningFormProps) {
  const t = useTranslations("tools.tuning");
  const lacking = useTranslations("status.lacking");
  const format = useFormat();
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(tuning.fields.map(({ name, initial }) => [name, initial])),
  );
  const [asking, setAsking] = useState(false);
  const { start, action, busy, error } = useRunAction();
  const { refusal } = useCanAct(tuning.kind);
  const reason = lackingReason(node, tuning.capability);
  const input = tuning.input(typed);
  const confirms = ACTION_FACTS[tuning.kind].confirm === "node";
  const run = (confirm: string | undefined) => {
    setAsking(false);
    if (input !== null) start({ kind: tuning.kind, nodes: [node.id], input, confirm });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (input === null || busy || refusal !== null || reason !== null) return;
    if (confirms) setAsking(true);
    else run(undefined);
  };
  return (
    <>
      <h3 className="flex flex-wrap items-baseline gap-x-2 font-semibold">
        <code className="font-mono text-sm">{t(`${tuning.kind}.name`)}</code>
        {now !== null && (
          <span className="font-normal text-muted text-xs" title={escapedText(now)}>
            {t("now", {
              value: tuning.setting === "maxbytes" ? format.bytes(Number(now)) : escapedText(now),
            })}
          </span>
        )}
      </h3>
      <p className="text-muted text-xs">{t(`${tuning.kind}.does`)}</p>
      <p className="text-xs">{t(`${tuning.kind}.risks`)}</p>
      {reason !== null ? (
        <p className="mt-1 text-faint text-xs">{lacking(reason)}</p>
      ) : (
        <form onSubmit={submit} className="mt-1.5 flex flex-wrap items-end gap-2">
          {tuning.fields.map((field) => (
            <Field key={field.name} name={t(`field.${field.name}`)} quiet>
              {(control) =>
                field.choices === undefined ? (
                  <input
                    {...control}
                    value={typed[field.name] ?? ""}
                    aria-invalid={input === null}
                    onChange={(event) => setTyped({ ...typed, [field.name]: event.target.value })}
                    className="control w-24"
                  />
                ) : (
                  <select
                    {...control}
                    value={typed[field.name] ?? ""}
                    onChange={(event) => setTyped({ ...typed, [field.name]: event.target.value })}
                    className="control"
                  >
                    {field.choices.map((choice) => (
                      <option key={choice} value={choice}>
                        {choice}
                      </option>
                    ))}
                  </select>
                )
              }
            </Field>
          ))}
          {!asking && (
            <Button
              type="submit"
              tone={confirms ? "harm" : "plain"}
              disabled={input === null || busy || refusal !== null}
              title={refusal ?? undefined}
            >
              {t(busy ? "busy" : confirms ? "ask" : "do")}
            </Button>
          )}
        </form>
      )}
      {asking && <Confirm node={node} onCancel={() => setAsking(false)} onConfirm={run} />}
      <div role="status" className="mt-1.5">
        {error !== null && (
          <ErrorNote what={t("applying", { name: t(`${tuning.kind}.name`) })} node={node.id} error={error} />
        )}
        <ActionOutcome action={action} />
      </div>
    </>
  );
}

interface ConfirmProps {
  readonly node: Node;
  readonly onCancel: () => void;
  readonly onConfirm: (typed: string) => void;
}

function Confirm({ node, onCancel, onConfirm }: ConfirmProps) {
  const t = useTranslations("tools.tuning");
  const [typed, setTyped] = useState("");
  const production = node.labels.env === "production";
  const matches = !production || typed.trim() === node.id;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (matches) onConfirm(node.id);
  };
  return (
    <form
      onSubmit={submit}
      className="mt-1.5 flex flex-wrap items-center gap-2 rounded-lg bg-warn-soft px-3 py-2"
    >
      <span>
        {production ? t("type", { node: escapedText(node.id) }) : t("sure", { node: escapedText(node.id) })}
      </span>
      {production && (
        <input
          aria-label={t("typeLabel")}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          autoComplete="off"
          spellCheck={false}
          className="control font-mono"
        />
      )}
      <Button type="submit" tone="danger" disabled={!matches}>
        {t("do")}
      </Button>
      <Button onClick={onCancel}>{t("cancel")}</Button>
    </form>
  );
}
