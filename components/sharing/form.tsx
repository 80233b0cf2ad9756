"use client";
import { useTranslations } from "use-intl";
import { Field } from "@/components/ui/form/field";
import { Segmented } from "@/components/ui/form/segmented";
import { SHARE_FIELDS, SHARE_LIMITS, SHARE_MODES, type ShareField } from "@/lib/model/share";
import {
  SHARE_EXPIRY_NAMES,
  SHARE_WINDOW_NAMES,
  type ShareDraft,
  type ShareExpiry,
  type ShareWindow,
} from "./draft";

interface ShareFormProps {
  readonly draft: ShareDraft;
  readonly onChange: (change: Partial<ShareDraft>) => void;
}

/** What the link shows, to whom, and for how long. */
export function ShareForm({ draft, onChange }: ShareFormProps) {
  const t = useTranslations("share.dialog");
  const fields = useTranslations("share.fields");
  const toggle = (field: ShareField, on: boolean) =>
    onChange({ fields: SHARE_FIELDS.filter((name) => (name === field ? on : draft.fields.includes(name))) });
  return (
    <div className="flex flex-col gap-3.5">
      <Field name={t("label")} hint={t("labelHint")}>
        {(control) => (
          <input
            {...control}
            value={draft.label}
            maxLength={SHARE_LIMITS.labelCharacters}
            onChange={(event) => onChange({ label: event.target.value })}
            className="control font-normal"
          />
        )}
      </Field>
      <fieldset>
        <legend className="mb-1 font-medium">{t("fields")}</legend>
        <div className="grid gap-x-3 gap-y-1.5 sm:grid-cols-2">
          <Tick checked disabled label={t("always")} />
          {SHARE_FIELDS.map((field) => (
            <Tick
              key={field}
              checked={draft.fields.includes(field)}
              onChange={(on) => toggle(field, on)}
              label={fields(field)}
            />
          ))}
        </div>
      </fieldset>
      <div className="grid gap-3.5 sm:grid-cols-2">
        <Field name={t("window")}>
          {(control) => (
            <select
              {...control}
              value={draft.window}
              onChange={(event) => onChange({ window: event.target.value as ShareWindow })}
              className="control font-normal"
            >
              {SHARE_WINDOW_NAMES.map((name) => (
                <option key={name} value={name}>
                  {t(`windows.${name}`)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field name={t("expiry")}>
          {(control) => (
            <select
              {...control}
              value={draft.expiry}
              onChange={(event) => onChange({ expiry: event.target.value as ShareExpiry })}
              className="control font-normal"
            >
              {SHARE_EXPIRY_NAMES.map((name) => (
                <option key={name} value={name}>
                  {t(`expiries.${name}`)}
                </option>
              ))}
            </select>
          )}
        </Field>
      </div>
      <div>
        <p aria-hidden="true" className="mb-1 font-medium">
          {t("mode")}
        </p>
        <Segmented
          label={t("mode")}
          options={SHARE_MODES.map((mode) => ({ value: mode, label: t(mode) }))}
          value={draft.mode}
          onChange={(mode) => onChange({ mode })}
        />
        <p className="mt-1 text-faint text-xs">{t(`${draft.mode}Means`)}</p>
      </div>
      <Field name={t("password")} hint={t("passwordHint")}>
        {(control) => (
          <input
            {...control}
            type="password"
            value={draft.password}
            maxLength={1024}
            autoComplete="new-password"
            onChange={(event) => onChange({ password: event.target.value })}
            className="control font-normal"
          />
        )}
      </Field>
      <Tick
        checked={draft.redact}
        onChange={(redact) => onChange({ redact })}
        label={t("redact")}
        hint={t("redactMeans")}
      />
    </div>
  );
}

interface TickProps {
  readonly checked: boolean;
  readonly disabled?: boolean;
  readonly onChange?: (checked: boolean) => void;
  readonly label: string;
  readonly hint?: string;
}

function Tick({ checked, disabled = false, onChange, label, hint }: TickProps) {
  return (
    <label className={`flex items-start gap-2 ${disabled ? "text-muted" : "cursor-pointer"}`}>
      <input
        type="checkbox"
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChange?.(event.target.checked)}
        className="mt-0.5 size-3.5 accent-accent"
      />
      <span>
        {label}
        {hint && <span className="block text-faint text-xs">{hint}</span>}
      </span>
    </label>
  );
}
