"use client";
import { useTranslations } from "use-intl";
import { fromLocalInput, toLocalInput } from "@/components/shell/time-range/local-time";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/form/field";
import { useUtc } from "@/lib/client/view-state";
import { AUDIT_KINDS } from "@/lib/model/actions/audit";
import { type AuditFilter, isFiltered, NO_FILTER } from "./filter";

interface AuditFiltersProps {
  readonly filter: AuditFilter;
  readonly onChange: (change: Partial<AuditFilter>) => void;
}

/** Filters by actor, action, target and time. */
export function AuditFilters({ filter, onChange }: AuditFiltersProps) {
  const t = useTranslations("action.audit");
  return (
    <search aria-label={t("filters")} className="flex flex-wrap items-end gap-2.5">
      <Field name={t("words")} quiet>
        {(control) => (
          <input
            {...control}
            type="search"
            value={filter.q ?? ""}
            placeholder={t("wordsHint")}
            maxLength={250}
            data-search
            onChange={(event) => onChange({ q: event.target.value || null })}
            className="control w-48"
          />
        )}
      </Field>
      <Field name={t("kind")} quiet>
        {(control) => (
          <select
            {...control}
            value={filter.kind ?? ""}
            onChange={(event) =>
              onChange({ kind: AUDIT_KINDS.find((kind) => kind === event.target.value) ?? null })
            }
            className="control"
          >
            <option value="">{t("anyKind")}</option>
            {AUDIT_KINDS.map((kind) => (
              <option key={kind} value={kind}>
                {t(`kinds.${kind}`)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field name={t("actor")} quiet>
        {(control) => (
          <input
            {...control}
            value={filter.actor ?? ""}
            placeholder={t("actorHint")}
            maxLength={250}
            onChange={(event) => onChange({ actor: event.target.value || null })}
            className="control w-36"
          />
        )}
      </Field>
      <Field name={t("target")} quiet>
        {(control) => (
          <input
            {...control}
            value={filter.target ?? ""}
            placeholder={t("targetHint")}
            maxLength={250}
            onChange={(event) => onChange({ target: event.target.value || null })}
            className="control w-48"
          />
        )}
      </Field>
      <TimeField name={t("from")} value={filter.since} onChange={(since) => onChange({ since })} />
      <TimeField name={t("to")} value={filter.until} onChange={(until) => onChange({ until })} />
      {isFiltered(filter) && (
        <Button tone="quiet" onClick={() => onChange(NO_FILTER)} className="h-7 text-accent">
          {t("clear")}
        </Button>
      )}
    </search>
  );
}

interface TimeFieldProps {
  readonly name: string;
  readonly value: Date | null;
  readonly onChange: (value: Date | null) => void;
}

function TimeField({ name, value, onChange }: TimeFieldProps) {
  const [utc] = useUtc();
  return (
    <Field name={name} quiet>
      {(control) => (
        <input
          {...control}
          type="datetime-local"
          value={value === null ? "" : toLocalInput(value.getTime(), utc)}
          onChange={(event) => {
            const atMs = fromLocalInput(event.target.value, utc);
            onChange(atMs === null ? null : new Date(atMs));
          }}
          className="control"
        />
      )}
    </Field>
  );
}
