"use client";
import { X } from "lucide-react";
import { useMemo } from "react";
import { useTranslations } from "use-intl";
import { escapedText } from "@/components/node/stats/escaped-text";
import { Button } from "@/components/ui/button";
import { useListState } from "@/lib/client/view-state";
import { NODE_STATUSES } from "@/lib/model/node/node-status";
import type { FleetScope } from "../use-fleet-scope";
import { type FilterOption, filterOptions } from "./filter-options";

interface ChoiceFieldProps {
  readonly label: string;
  readonly all: string;
  readonly choices: readonly FilterOption[];
  readonly value: string | null;
  readonly textOf?: (value: string) => string;
  readonly onChange: (value: string | null) => void;
}

function ChoiceField({ label, all, choices, value, textOf = String, onChange }: ChoiceFieldProps) {
  // A filter with a single choice is hidden, unless the URL sets it: then it must be removable.
  if (choices.length < 2 && value === null) return null;
  const missing = value !== null && !choices.some((choice) => choice.value === value);
  return (
    <select
      aria-label={label}
      value={value ?? ""}
      onChange={(event) => onChange(event.target.value === "" ? null : event.target.value)}
      className={`control max-w-44 px-1.5 ${value === null ? "text-muted" : "border-accent text-accent"}`}
    >
      <option value="">{all}</option>
      {missing && <option value={value}>{textOf(value)}</option>}
      {choices.map((choice) => (
        <option key={choice.value} value={choice.value}>
          {`${textOf(choice.value)} (${choice.nodes})`}
        </option>
      ))}
    </select>
  );
}

/** The filters of the node list, kept in the URL. */
export function NodeFilters({ scope, matched }: { readonly scope: FleetScope; readonly matched: number }) {
  const t = useTranslations("fleet.filters");
  const status = useTranslations("status.status");
  const [list, setList] = useListState();
  const choices = useMemo(() => filterOptions(scope.nodes), [scope.nodes]);
  const statusOf = (value: string) => NODE_STATUSES.find((known) => known === value) ?? null;
  const active = [list.q, list.pool, list.status, list.label, list.version].some(Boolean);
  return (
    <div className="mt-3.5 flex flex-wrap items-center gap-2">
      {scope.pool === null && (
        <ChoiceField
          label={t("pool")}
          all={t("allPools")}
          choices={choices.pool}
          value={list.pool}
          onChange={(pool) => setList({ pool })}
        />
      )}
      <ChoiceField
        label={t("status")}
        all={t("allStatuses")}
        choices={choices.status}
        value={list.status}
        textOf={(value) => {
          const known = statusOf(value);
          return known === null ? value : status(known);
        }}
        onChange={(value) => setList({ status: value === null ? null : statusOf(value) })}
      />
      <ChoiceField
        label={t("version")}
        all={t("allVersions")}
        choices={choices.version}
        value={list.version}
        onChange={(version) => setList({ version })}
      />
      <ChoiceField
        label={t("label")}
        all={t("allLabels")}
        choices={choices.label}
        value={list.label}
        textOf={escapedText}
        onChange={(label) => setList({ label })}
      />
      {active && (
        <>
          <Button
            tone="quiet"
            onClick={() => setList({ q: null, pool: null, status: null, label: null, version: null })}
          >
            <X size={13} aria-hidden="true" />
            {t("clear")}
          </Button>
          <span className="text-muted" role="status">
            {t("matched", { matched, total: scope.nodes.length })}
          </span>
        </>
      )}
    </div>
  );
}
