"use client";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { Button } from "@/components/ui/button";
import { useFormat } from "@/components/ui/hooks/use-format";
import { type Range, useUtc, useWindow } from "@/lib/client/view-state";
import { fromLocalInput, toLocalInput } from "./local-time";

const LONG: readonly Range[] = ["7d", "30d", "90d"];

interface TimeFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function TimeField({ label, value, onChange }: TimeFieldProps) {
  return (
    <label className="flex flex-col gap-0.5 text-muted text-xs">
      {label}
      <input
        type="datetime-local"
        required
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className="control"
      />
    </label>
  );
}

/** Long time ranges, and a custom one. Loaded on demand. */
export default function AbsoluteRange({ onDone }: { readonly onDone: () => void }) {
  const t = useTranslations("shell.window");
  const { timeZone } = useFormat();
  const [utc] = useUtc();
  const { window, setRange, setAbsolute } = useWindow();
  const [start] = useState(() => {
    const toMs = window.kind === "absolute" ? window.toMs : Date.now();
    return { fromMs: toMs - window.durationMs, toMs };
  });
  const [from, setFrom] = useState(toLocalInput(start.fromMs, utc));
  const [to, setTo] = useState(toLocalInput(start.toMs, utc));
  const fromMs = fromLocalInput(from, utc);
  const toMs = fromLocalInput(to, utc);
  const usable = fromMs !== null && toMs !== null && fromMs < toMs;
  return (
    <form
      className="flex w-60 flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (!usable) return;
        setAbsolute(fromMs, toMs);
        onDone();
      }}
    >
      <div className="flex gap-1.5">
        {LONG.map((name) => (
          <Button
            key={name}
            aria-pressed={window.kind === "relative" && window.range === name}
            className="flex-1 justify-center aria-pressed:text-accent"
            onClick={() => {
              setRange(name);
              onDone();
            }}
          >
            {name}
          </Button>
        ))}
      </div>
      <TimeField label={t("from")} value={from} onChange={setFrom} />
      <TimeField label={t("to")} value={to} onChange={setTo} />
      <p className="text-faint text-xs" role={usable ? undefined : "alert"}>
        {usable ? t("zone", { zone: timeZone }) : t("order")}
      </p>
      <Button type="submit" tone="primary" disabled={!usable} className="justify-center">
        {t("show")}
      </Button>
    </form>
  );
}
