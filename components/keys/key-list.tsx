"use client";
import { type FormEvent, useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { useRefusal } from "@/components/access/use-refusal";
import { lackingReason } from "@/components/node/capability";
import { LackingNote } from "@/components/node/lacking-note";
import { escapedText } from "@/components/node/stats/escaped-text";
import { Button } from "@/components/ui/button";
import { CsvButton } from "@/components/ui/csv-button";
import { FilterField } from "@/components/ui/form/filter-field";
import { FormNote } from "@/components/ui/form/form-note";
import { useFormat } from "@/components/ui/hooks/use-format";
import { lazyPanel } from "@/components/ui/lazy-panel";
import { Hint } from "@/components/ui/overlay/tooltip";
import { Panel } from "@/components/ui/panel";
import { ErrorNote } from "@/components/ui/placeholder/error-note";
import { useRunAction } from "@/lib/client/queries/actions";
import { type KeyListState, useKeyList } from "@/lib/client/queries/keys";
import { text, useParameter } from "@/lib/client/url-params";
import type { Node } from "@/lib/model/node/node.schema";
import { KeyTable } from "./key-table";

const PrefixDialog = lazyPanel(() => import("./prefix-dialog"));

const LIMITS = [1_000, 10_000, 100_000] as const;

/** Keys by prefix, as they stream from the node. */
export function KeyList({ node }: { readonly node: Node }) {
  const t = useTranslations("keys.list");
  const reason = lackingReason(node, "metadump");
  return (
    <Panel title={<Hint text={t("meaning")}>{t("title")}</Hint>}>
      {reason === null ? <Lists node={node} /> : <LackingNote title={t("lacking")} reason={reason} />}
    </Panel>
  );
}

type PrefixKind = "delete_prefix" | "mark_stale_prefix";

function Lists({ node }: { readonly node: Node }) {
  const t = useTranslations("keys.list");
  const [prefix, setPrefix] = useParameter("prefix", text);
  const [limit, setLimit] = useState<number>(LIMITS[0]);
  const [removing, setRemoving] = useState<PrefixKind | null>(null);
  const { state, start, stop } = useKeyList(node.id);
  const refusal = useRefusal("operator");
  const dry = useRunAction();
  const remove = (kind: PrefixKind) => {
    dry.start({ kind, nodes: [node.id], input: { prefix, dryRun: true } });
    setRemoving(kind);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void start({ prefix, keyEncoding: "utf8", limit });
  };
  return (
    <div className="flex flex-col gap-3">
      <form onSubmit={submit} className="flex flex-wrap items-center gap-2">
        <input
          value={prefix}
          onChange={(event) => setPrefix(event.target.value || null)}
          aria-label={t("prefix")}
          placeholder={t("prefixHint")}
          maxLength={250}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          className="control h-8 min-w-0 flex-1 font-mono"
        />
        <select
          aria-label={t("limit")}
          value={limit}
          onChange={(event) => setLimit(Number(event.target.value))}
          className="control h-8"
        >
          {LIMITS.map((count) => (
            <option key={count} value={count}>
              {t("atMost", { count })}
            </option>
          ))}
        </select>
        {state.reading ? (
          <Button className="h-8" onClick={stop}>
            {t("stop")}
          </Button>
        ) : (
          <Button type="submit" className="h-8">
            {t("submit")}
          </Button>
        )}
        {refusal === null && prefix !== "" && (
          <>
            <Button
              tone="harm"
              className="h-8"
              aria-haspopup="dialog"
              onClick={() => remove("delete_prefix")}
            >
              {t("delete")}
            </Button>
            {lackingReason(node, "mark_stale") === null && (
              <Button className="h-8" aria-haspopup="dialog" onClick={() => remove("mark_stale_prefix")}>
                {t("stale")}
              </Button>
            )}
          </>
        )}
      </form>
      <Listed node={node} state={state} />
      {removing !== null && (
        <PrefixDialog
          node={node}
          kind={removing}
          prefix={prefix}
          dry={dry}
          onClose={() => setRemoving(null)}
        />
      )}
    </div>
  );
}

interface ListedProps {
  readonly node: Node;
  readonly state: KeyListState;
}

function Listed({ node, state }: ListedProps) {
  const t = useTranslations("keys.list");
  const format = useFormat();
  const [filter, setFilter] = useState("");
  const { query, lines, end, error, reading } = state;
  const counted = useMemo(() => format.integer(lines.length), [format, lines]);
  if (query === null) return <p className="text-muted">{t("before")}</p>;
  return (
    <>
      {error !== null && <ErrorNote what={t("reading")} node={node.id} error={error} />}
      <div className="flex flex-wrap items-center gap-2" role="status">
        <span className="text-muted">
          {reading
            ? t("coming", { count: counted })
            : end === null
              ? t("stopped", { count: counted })
              : t("end", {
                  matched: format.integer(end.matched),
                  seen: format.integer(end.seen),
                  shown: counted,
                })}
        </span>
        {lines.length > 0 && (
          <>
            <FilterField label={t("filter")} value={filter} onChange={setFilter} />
            <CsvButton
              name={`${node.id}-keys`}
              rows={() => [
                ["key", "encoding", "exp", "la", "cas", "fetched", "cls", "size"],
                ...lines.map((line) => [
                  line.key,
                  line.keyEncoding,
                  line.exp,
                  line.la,
                  line.cas,
                  line.fetched ? "yes" : "no",
                  line.cls,
                  line.size,
                ]),
              ]}
            />
          </>
        )}
      </div>
      {end?.truncated === true && end.problem === null && <FormNote tone="off">{t("truncated")}</FormNote>}
      {end?.walk === "all" && <p className="text-muted text-xs">{t("walkAll")}</p>}
      {end !== null && end.problem !== null && <FormNote tone="warn">{escapedText(end.problem)}</FormNote>}
      {lines.length > 0 && <KeyTable node={node} lines={lines} filter={filter} />}
    </>
  );
}
