/**
 * Every text of the pages, by language and namespace. Loaded on the server; a page gets one language, and of the
 * namespaces in `LATER` those that it names (`page-messages.tsx`).
 */
import enAccess from "@/components/messages/en/access.json";
import enAction from "@/components/messages/en/action.json";
import enCharts from "@/components/messages/en/charts.json";
import enCompare from "@/components/messages/en/compare.json";
import enDiagnostics from "@/components/messages/en/diagnostics.json";
import enFleet from "@/components/messages/en/fleet.json";
import enKeys from "@/components/messages/en/keys.json";
import enNode from "@/components/messages/en/node.json";
import enShare from "@/components/messages/en/share.json";
import enShell from "@/components/messages/en/shell.json";
import enStatus from "@/components/messages/en/status.json";
import enTools from "@/components/messages/en/tools.json";
import enUi from "@/components/messages/en/ui.json";
import jaAccess from "@/components/messages/ja/access.json";
import jaAction from "@/components/messages/ja/action.json";
import jaCharts from "@/components/messages/ja/charts.json";
import jaCompare from "@/components/messages/ja/compare.json";
import jaDiagnostics from "@/components/messages/ja/diagnostics.json";
import jaFleet from "@/components/messages/ja/fleet.json";
import jaKeys from "@/components/messages/ja/keys.json";
import jaNode from "@/components/messages/ja/node.json";
import jaShare from "@/components/messages/ja/share.json";
import jaShell from "@/components/messages/ja/shell.json";
import jaStatus from "@/components/messages/ja/status.json";
import jaTools from "@/components/messages/ja/tools.json";
import jaUi from "@/components/messages/ja/ui.json";
import type { Locale } from "./locale";

const en = {
  access: enAccess,
  action: enAction,
  share: enShare,
  charts: enCharts,
  fleet: enFleet,
  node: enNode,
  shell: enShell,
  status: enStatus,
  ui: enUi,
  keys: enKeys,
  tools: enTools,
  compare: enCompare,
  diagnostics: enDiagnostics,
};
const ja = {
  access: jaAccess,
  action: jaAction,
  share: jaShare,
  charts: jaCharts,
  fleet: jaFleet,
  node: jaNode,
  shell: jaShell,
  status: jaStatus,
  ui: jaUi,
  keys: jaKeys,
  tools: jaTools,
  compare: jaCompare,
  diagnostics: jaDiagnostics,
};

/** English defines the keys; the parity test checks Japanese against them. */
export type Messages = typeof en;

/** Namespaces that only some pages need; every page gets the others. */
export const LATER = [
  "keys",
  "tools",
  "diagnostics",
  "compare",
] as const satisfies readonly (keyof Messages)[];
export type LaterNamespace = (typeof LATER)[number];

export function messagesOf(locale: Locale): Messages {
  return locale === "ja" ? (ja as Messages) : en;
}
