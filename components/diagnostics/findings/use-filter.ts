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

/** Pause in typing after which the text is searched for. */
const DEBOUNCE_MS = 300;

/** The filters in the URL, and the query they result in. Passed checks are listed only on request. */
export function useFindingsFilter(node: string | null) {
  const [view, setView] = useParameters(VIEW);
  const { severity, probe } = view;
  const q = useDebounced(view.q);
  const filter: FindingsFilter = {
    node,
    pool: node === null ? view.pool : null,
    probe,
    q,
    severity: severity ?? "info",
    atMost: severity === "ok" ? "ok" : null,
  };
  return { view, setView, filter };
}

function useDebounced(value: string): string {
  const [debounced, setDebounced] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setDebounced(value), DEBOUNCE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return value === "" ? "" : debounced;
}
