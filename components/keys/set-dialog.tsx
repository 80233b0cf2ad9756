"use client";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { ActionOutcome } from "@/components/action/action-outcome";
import { escapedText } from "@/components/node/stats/escaped-text";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/form/field";
import { FormNote } from "@/components/ui/form/form-note";
import { useFormat } from "@/components/ui/hooks/use-format";
import { Dialog } from "@/components/ui/overlay/dialog";
import { ErrorNote } from "@/components/ui/placeholder/error-note";
import { useRunAction } from "@/lib/client/queries/actions";
import type { KeyName } from "@/lib/client/queries/keys";
import { KEY_ENCODINGS, SET_MODES } from "@/lib/model/actions/action";
import type { KeyItem } from "@/lib/model/node/keys.schema";
import type { Node } from "@/lib/model/node/node.schema";
import { draftOf, draftProblems, type SetDraft, setInput } from "./set-draft";

interface SetDialogProps {
  readonly node: Node;
  /** The item to start with; null for a new key. */
  readonly item: KeyItem | null;
  readonly onClose: () => void;
  readonly onStored: (name: KeyName) => void;
}

/** Stores a key from typed text or a file. Loaded on demand. */
export default function SetDialog({ node, item, onClose, onStored }: SetDialogProps) {
  const t = useTranslations("keys.set");
  const [draft, setDraft] = useState<SetDraft>(() => draftOf(item));
  const change = (changes: Partial<SetDraft>) => setDraft((before) => ({ ...before, ...changes }));
  const { start, action, busy, error } = useRunAction((ended) => {
    if (ended.state === "done") onStored({ key: draft.key, keyEncoding: draft.keyEncoding });
  });
  const problems = draftProblems(draft);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (problems.length === 0 && !busy) start(setInput(node.id, draft));
  };
  return (
    <Dialog open onClose={onClose} title={t("title")} description={t("description", { node: node.id })}>
      <form onSubmit={submit} className="flex flex-col gap-3">
        <KeyFields draft={draft} onChange={change} />
        <ValueField draft={draft} onChange={change} />
        {problems.map((problem) => (
          <FormNote key={problem} tone={problem === "key" ? "off" : "crit"}>
            {t(`problem.${problem}`)}
          </FormNote>
        ))}
        <div role="status">
          {error !== null && <ErrorNote what={t("storing")} node={node.id} error={error} />}
          <ActionOutcome action={action} />
        </div>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t("close")}</Button>
          <Button type="submit" tone="primary" disabled={problems.length > 0 || busy}>
            {t(busy ? "busy" : "submit")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

interface FieldsProps {
  readonly draft: SetDraft;
  readonly onChange: (change: Partial<SetDraft>) => void;
}

function KeyFields({ draft, onChange }: FieldsProps) {
  const t = useTranslations("keys.set");
  return (
    <>
      <Field name={t("key")} hint={t("keyHint")}>
        {(control) => (
          <input
            {...control}
            value={draft.key}
            maxLength={400}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            onChange={(event) => onChange({ key: event.target.value })}
            className="control h-8 font-mono"
          />
        )}
      </Field>
      <div className="grid grid-cols-2 gap-3 sm:grid-cols-4">
        <Field name={t("encoding")}>
          {(control) => (
            <select
              {...control}
              value={draft.keyEncoding}
              onChange={(event) =>
                onChange({
                  keyEncoding: KEY_ENCODINGS.find((encoding) => encoding === event.target.value) ?? "utf8",
                })
              }
              className="control"
            >
              {KEY_ENCODINGS.map((encoding) => (
                <option key={encoding} value={encoding}>
                  {t(`keyEncoding.${encoding}`)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field name={t("mode")}>
          {(control) => (
            <select
              {...control}
              value={draft.mode}
              onChange={(event) =>
                onChange({ mode: SET_MODES.find((mode) => mode === event.target.value) ?? "set" })
              }
              className="control"
            >
              {SET_MODES.map((mode) => (
                <option key={mode} value={mode}>
                  {mode}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field name={t("flags")}>
          {(control) => (
            <input
              {...control}
              inputMode="numeric"
              value={draft.flags}
              onChange={(event) => onChange({ flags: event.target.value })}
              className="control w-full"
            />
          )}
        </Field>
        <Field name={t("exptime")}>
          {(control) => (
            <input
              {...control}
              inputMode="numeric"
              value={draft.exptime}
              onChange={(event) => onChange({ exptime: event.target.value })}
              className="control w-full"
            />
          )}
        </Field>
      </div>
      <p className="text-muted text-xs">
        {t(`modeMeaning.${draft.mode}`)} {t("exptimeHint")}
      </p>
    </>
  );
}

function ValueField({ draft, onChange }: FieldsProps) {
  const t = useTranslations("keys.set");
  const format = useFormat();
  const read = async (file: File | undefined) => {
    if (file === undefined) return onChange({ file: null });
    const bytes = new Uint8Array(await file.arrayBuffer());
    let binary = "";
    for (const byte of bytes) binary += String.fromCharCode(byte);
    onChange({ file: { name: file.name, size: bytes.length, base64: btoa(binary) } });
  };
  return (
    <>
      {draft.file === null ? (
        <Field name={t("value")}>
          {(control) => (
            <textarea
              {...control}
              rows={6}
              value={draft.value}
              spellCheck={false}
              onChange={(event) => onChange({ value: event.target.value })}
              className="control h-auto w-full resize-y py-1.5 font-mono text-xs"
            />
          )}
        </Field>
      ) : (
        <p className="flex items-center gap-2">
          <span className="min-w-0 truncate">
            {escapedText(draft.file.name)} · {format.bytes(draft.file.size)}
          </span>
          <Button tone="quiet" onClick={() => onChange({ file: null })}>
            {t("typeInstead")}
          </Button>
        </p>
      )}
      <Field name={t("file")} quiet>
        {(control) => (
          <input
            {...control}
            type="file"
            onChange={(event) => void read(event.target.files?.[0])}
            className="text-xs"
          />
        )}
      </Field>
    </>
  );
}
