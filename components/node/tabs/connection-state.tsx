"use client";
import { useTranslations } from "use-intl";
import { EscapedText } from "../stats/escaped-text";

/** States of memcached's connection machine (`conn_states` in memcached.h, and what servers reported). */
const STATES = [
  "conn_listening",
  "conn_new_cmd",
  "conn_waiting",
  "conn_read",
  "conn_parse_cmd",
  "conn_nread",
  "conn_swallow",
  "conn_write",
  "conn_mwrite",
  "conn_closing",
  "conn_closed",
  "conn_watch",
  "conn_io_queue",
  "conn_io_pending",
  "conn_io_resume",
] as const;

/** A state as memcached names it, with its meaning on hover. */
export function ConnectionState({ state }: { readonly state: string }) {
  const t = useTranslations("node.connections.meaning");
  const known = STATES.find((name) => name === state);
  return (
    <span title={t(known ?? "other")}>
      <EscapedText text={state} />
    </span>
  );
}
