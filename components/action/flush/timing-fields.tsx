"use client";
import { useTranslations } from "use-intl";
import { Field } from "@/components/ui/form/field";
import { FormNote } from "@/components/ui/form/form-note";
import { Segmented } from "@/components/ui/form/segmented";
import { useFormat } from "@/components/ui/hooks/use-format";
import { FLUSH_MODES, type FlushTiming, staggerLength, timingProblems } from "./timing";

interface FlushTimingFieldsProps {
  readonly timing: FlushTiming;
  /** The number of nodes to flush. */
  readonly nodes: number;
  readonly onChange: (change: Partial<FlushTiming>) => void;
}

/** Now, with a server-side delay, or staggered, with the resulting times. */
export function FlushTimingFields({ timing, nodes, onChange }: FlushTimingFieldsProps) {
  const t = useTranslations("action.flush.timing");
  const modes = FLUSH_MODES.filter((mode) => mode !== "stagger" || nodes > 1);
  return (
    <section className="flex flex-col gap-2">
      <h3 className="font-semibold">{t("when")}</h3>
      <Segmented
        label={t("when")}
        className="self-start"
        value={timing.mode}
        options={modes.map((mode) => ({ value: mode, label: t(mode) }))}
        onChange={(mode) => onChange({ mode })}
      />
      {timing.mode === "now" && nodes > 1 && <p className="text-muted">{t("nowMeans", { count: nodes })}</p>}
      {timing.mode === "delay" && <Delay timing={timing} onChange={onChange} />}
      {timing.mode === "stagger" && <Stagger timing={timing} nodes={nodes} onChange={onChange} />}
    </section>
  );
}

type PartProps = Omit<FlushTimingFieldsProps, "nodes">;

function Delay({ timing, onChange }: PartProps) {
  const t = useTranslations("action.flush.timing");
  const wrong = timingProblems(timing).includes("delaySeconds");
  return (
    <>
      <Field name={t("delaySeconds")} hint={t("delayHint")}>
        {(control) => (
          <input
            {...control}
            inputMode="numeric"
            value={timing.delaySeconds}
            aria-invalid={wrong}
            onChange={(event) => onChange({ delaySeconds: event.target.value })}
            className="control w-32"
          />
        )}
      </Field>
      {wrong && <FormNote tone="crit">{t("delayWrong")}</FormNote>}
    </>
  );
}

function Stagger({ timing, nodes, onChange }: FlushTimingFieldsProps) {
  const t = useTranslations("action.flush.timing");
  const format = useFormat();
  const problems = timingProblems(timing);
  const seconds = Number(timing.staggerSeconds);
  return (
    <>
      <Field name={t("staggerSeconds")}>
        {(control) => (
          <input
            {...control}
            inputMode="numeric"
            value={timing.staggerSeconds}
            aria-invalid={problems.includes("staggerSeconds")}
            onChange={(event) => onChange({ staggerSeconds: event.target.value })}
            className="control w-32"
          />
        )}
      </Field>
      {problems.includes("staggerSeconds") ? (
        <FormNote tone="crit">{t("staggerWrong")}</FormNote>
      ) : (
        <p className="text-muted">
          {t("staggerMeans", { count: nodes, length: format.duration(staggerLength(nodes, seconds)) })}
        </p>
      )}
      <label className="flex items-start gap-2">
        <input
          type="checkbox"
          checked={timing.guard}
          onChange={(event) => onChange({ guard: event.target.checked })}
          className="mt-1"
        />
        <span>
          {t("guard")}
          <span className="block text-muted text-xs">{t("guardMeans")}</span>
        </span>
      </label>
      {timing.guard && (
        <Field name={t("guardPercent")}>
          {(control) => (
            <input
              {...control}
              inputMode="numeric"
              value={timing.guardPercent}
              aria-invalid={problems.includes("guardPercent")}
              onChange={(event) => onChange({ guardPercent: event.target.value })}
              className="control w-24"
            />
          )}
        </Field>
      )}
      {problems.includes("guardPercent") && <FormNote tone="crit">{t("guardWrong")}</FormNote>}
    </>
  );
}
