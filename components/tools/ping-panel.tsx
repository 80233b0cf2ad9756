"use client";
import { Play, Square } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { Button } from "@/components/ui/button";
import { FormNote } from "@/components/ui/form/form-note";
import { useFormat } from "@/components/ui/hooks/use-format";
import { Hint } from "@/components/ui/overlay/tooltip";
import { Panel } from "@/components/ui/panel";
import { usePing } from "@/lib/client/queries/node";
import type { Ping, PingSummary } from "@/lib/model/node/keys.schema";
import type { Node } from "@/lib/model/node/node.schema";
import { pingColumns } from "./ping-columns";
import { ResultList } from "./result-list";

const COUNTS = [20, 100, 1_000] as const;
const INTERVALS = [50, 200, 1_000] as const;

/** Repeated version requests, and the distribution of their round-trip times. */
export function PingPanel({ node }: { readonly node: Node }) {
  const t = useTranslations("tools.ping");
  const [count, setCount] = useState<number>(COUNTS[0]);
  const [intervalMs, setIntervalMs] = useState<number>(INTERVALS[1]);
  const { state, start, stop } = usePing(node.id);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    start(count, intervalMs);
  };
  const failed = state.pings.filter((ping) => ping.error !== null);
  return (
    <Panel title={<Hint text={t("meaning")}>{t("title")}</Hint>}>
      <form onSubmit={submit} className="mb-3 flex flex-wrap items-center gap-2">
        <Choice
          label={t("count")}
          values={COUNTS}
          value={count}
          onChange={setCount}
          text={(n) => t("times", { count: n })}
        />
        <Choice
          label={t("interval")}
          values={INTERVALS}
          value={intervalMs}
          onChange={setIntervalMs}
          text={(ms) => t("every", { milliseconds: ms })}
        />
        {state.running ? (
          <Button onClick={stop}>
            <Square size={13} aria-hidden="true" />
            {t("stop")}
          </Button>
        ) : (
          <Button type="submit">
            <Play size={13} aria-hidden="true" />
            {t("start")}
          </Button>
        )}
      </form>
      <div role="status" className="flex flex-col gap-3">
        {state.pings.length > 0 && (
          <p className="text-muted">{t("sofar", { sent: state.pings.length, failed: failed.length })}</p>
        )}
        {state.broken && <FormNote tone="crit">{t("broken")}</FormNote>}
        {failed[0] !== undefined && <FormNote tone="crit">{failed[0].error}</FormNote>}
        {state.summary !== null && <Summary summary={state.summary} />}
      </div>
      <Distribution pings={state.pings} />
    </Panel>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly values: readonly number[];
  readonly value: number;
  readonly onChange: (value: number) => void;
  readonly text: (value: number) => string;
}

function Choice({ label, values, value, onChange, text }: ChoiceProps) {
  return (
    <select
      aria-label={label}
      value={value}
      onChange={(event) => onChange(Number(event.target.value))}
      className="control"
    >
      {values.map((option) => (
        <option key={option} value={option}>
          {text(option)}
        </option>
      ))}
    </select>
  );
}

function Summary({ summary }: { readonly summary: PingSummary }) {
  const t = useTranslations("tools.ping");
  const format = useFormat();
  return (
    <ResultList
      entries={[
        [t("min"), format.milliseconds(summary.minMs)],
        ["p50", format.milliseconds(summary.p50Ms)],
        ["p95", format.milliseconds(summary.p95Ms)],
        ["p99", format.milliseconds(summary.p99Ms)],
        [t("max"), format.milliseconds(summary.maxMs)],
        [t("answered"), `${format.integer(summary.answered)} / ${format.integer(summary.sent)}`],
      ]}
    />
  );
}

function Distribution({ pings }: { readonly pings: readonly Ping[] }) {
  const t = useTranslations("tools.ping");
  const format = useFormat();
  const columns = pingColumns(pings);
  const most = Math.max(1, ...columns.map(({ count }) => count));
  if (columns.length === 0) return null;
  return (
    <section aria-label={t("distribution")} className="mt-3">
      <h3 className="mb-1 text-muted text-xs">{t("distribution")}</h3>
      <ul className="flex flex-col gap-px">
        {columns.map(({ fromMs, toMs, count }) => (
          <li key={fromMs} className="grid grid-cols-[10.5rem_1fr_3rem] items-center gap-2 text-xs">
            <span className="whitespace-nowrap text-right text-muted tabular-nums">
              {format.milliseconds(fromMs)} – {format.milliseconds(toMs)}
            </span>
            <svg aria-hidden="true" className="h-2.5 w-full">
              <rect height="10" rx="1" width={`${(count / most) * 100}%`} className="fill-s1" />
            </svg>
            <span className="text-right tabular-nums">{format.integer(count)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
