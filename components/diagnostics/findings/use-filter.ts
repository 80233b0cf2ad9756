"use client";
import { useEffect, useState } from "react";
import type { FindingsFilter } from "@/lib/client/queries/diagnostics";
import { optionalChoice, optionalText, text, useParameters } from "@/lib/client/url-params";
import { PROBES, SEVERITIES } from "@/lib/model/findings/finding";

const VIEW = {
  severity: optionalChoice(SEVERITIES),
  probe: optionalChoice(PROBES),
  pool: optionalText,
  q: text,
  finding: optionalText,
};

/** Typing that has gone on so long is asked for. */
const SETTLED_MS = 300;

/** What the address chooses, and what is asked for because of it. What is well is only there when it is chosen. */
export function useFindingsFilter(node: string | null) {
  const [view, setView] = useParameters(VIEW);
  const { severity, probe } = view;
  const q = useSettled(view.q);
  const filter: FindingsFilter = {
    ...{ node, pool: node === null ? view.pool : null, probe, q },
    severity: severity ?? "info",
    atMost: severity === "ok" ? "ok" : null,
  };
  return { view, setView, filter };
}

function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return value === "" ? "" : settled;
}
