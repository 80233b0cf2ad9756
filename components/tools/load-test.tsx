"use client";
import { type FormEvent, useEffect, useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { ActionProgress } from "@/components/action/action-progress";
import { TimeSeriesChart } from "@/components/charts/time-series-chart";
import { escapedText } from "@/components/node/stats/escaped-text";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/form/field";
import { FormNote } from "@/components/ui/form/form-note";
import { useFormat } from "@/components/ui/hooks/use-format";
import { Hint } from "@/components/ui/overlay/tooltip";
import { Panel } from "@/components/ui/panel";
import { ErrorNote } from "@/components/ui/placeholder/error-note";
import { hasEnded, useRunAction } from "@/lib/client/queries/actions";
import type { Action, Measurements as FiguresOf } from "@/lib/model/actions/action.schema";
import type { Node } from "@/lib/model/node/node.schema";
import { LOAD_FIELDS, type LoadDraft, loadInput, loadProblems, NEW_LOAD } from "./load-draft";
import { type LoadSample, loadChart, withSample } from "./load-samples";
import { ResultList } from "./result-list";
import { useCanAct } from "./use-can-act";

/** A load test with limits, and its results while it runs. */
export function LoadTest({ node }: { readonly node: Node }) {
  const t = useTranslations("tools.load");
  const [draft, setDraft] = useState<LoadDraft>(NEW_LOAD);
  const [typed, setTyped] = useState("");
  const { start, action, busy, error } = useRunAction();
  const may = useCanAct("load_test");
  const problems = loadProblems(draft);
  const production = node.labels.env === "production";
  const ready = problems.length === 0 && !busy && may.refusal === null && (!production || typed === node.id);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!ready) return;
    start({
      kind: "load_test",
      nodes: [node.id],
      input: loadInput(draft),
      confirm: production ? typed : node.id,
    });
  };
  return (
    <Panel title={<Hint text={t("meaning")}>{t("title")}</Hint>}>
      <form onSubmit={submit} className="flex flex-col gap-3">
        <div className="grid grid-cols-2 gap-3 sm:grid-cols-3">
          {LOAD_FIELDS.map(({ name, from, to }) => (
            <Field key={name} name={t(`field.${name}`)} quiet>
              {(control) => (
                <input
                  {...control}
                  inputMode="numeric"
                  value={draft[name]}
                  title={t("between", { from, to })}
                  aria-invalid={problems.includes(name)}
                  onChange={(event) => setDraft((before) => ({ ...before, [name]: event.target.value }))}
                  className="control w-full"
                />
              )}
            </Field>
          ))}
        </div>
        {problems[0] !== undefined && (
          <FormNote tone="crit">{t("wrong", bounds(problems[0], t(`field.${problems[0]}`)))}</FormNote>
        )}
        <p className="text-muted text-xs">{t("harm")}</p>
        {production && (
          <label className="flex flex-col gap-1">
            <span>{t("production", { node: escapedText(node.id) })}</span>
            <input
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
              autoComplete="off"
              spellCheck={false}
              className="control h-8 font-mono"
            />
          </label>
        )}
        <Button type="submit" className="self-start" disabled={!ready} title={may.refusal ?? undefined}>
          {t(busy ? "busy" : "start")}
        </Button>
      </form>
      {error !== null && (
        <div className="mt-3">
          <ErrorNote what={t("running")} node={node.id} error={error} />
        </div>
      )}
      {action !== null && <LoadChart key={action.id} action={action} />}
    </Panel>
  );
}

function bounds(name: (typeof LOAD_FIELDS)[number]["name"], title: string) {
  const { from = 0, to = 0 } = LOAD_FIELDS.find((field) => field.name === name) ?? {};
  return { name: title, from, to };
}

function LoadChart({ action }: { readonly action: Action }) {
  const t = useTranslations("tools.load");
  const [samples, setSamples] = useState<readonly LoadSample[]>([]);
  const [target] = action.targets;
  const after = target?.after ?? null;
  useEffect(() => {
    if (!hasEnded(action)) setSamples((before) => withSample(before, Date.now(), after));
  }, [action, after]);
  const chart = useMemo(() => loadChart(samples, t("answered")), [samples, t]);
  return (
    <div className="mt-3 flex flex-col gap-3">
      <div role="status">
        <ActionProgress action={action} />
        {target?.detail && <p className="mt-1 text-muted">{escapedText(target.detail)}</p>}
      </div>
      {after !== null && <Result after={after} />}
      {chart !== null && (
        <TimeSeriesChart data={chart} nowMs={chart.toMs} label={t("answered")} height={140} group="load" />
      )}
    </div>
  );
}

function Result({ after }: { readonly after: FiguresOf }) {
  const t = useTranslations("tools.load");
  const format = useFormat();
  return (
    <ResultList
      entries={[
        [t("operations"), format.integer(after.operations)],
        [t("perSecond"), format.rate(after.operationsPerSecond)],
        [t("errors"), format.integer(after.errors)],
        [t("hits"), format.integer(after.hits)],
        [t("misses"), format.integer(after.misses)],
        ["p50", format.milliseconds(after.p50Ms)],
        ["p95", format.milliseconds(after.p95Ms)],
        ["p99", format.milliseconds(after.p99Ms)],
        [t("max"), format.milliseconds(after.maxMs)],
      ]}
    />
  );
}
