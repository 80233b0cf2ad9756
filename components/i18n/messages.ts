/**
 * Every text of the pages, by language and namespace. Loaded on the server; a page gets one language, and of the
 * namespaces in `LATER` those that it names (`page-messages.tsx`).
 */
import enAccess from "../messages/en/access.json";
import enAction from "../messages/en/action.json";
import enCharts from "../messages/en/charts.json";
import enCompare from "../messages/en/compare.json";
import enDiagnostics from "../messages/en/diagnostics.json";
import enFleet from "../messages/en/fleet.json";
import enKeys from "../messages/en/keys.json";
import enNode from "../messages/en/node.json";
import enShare from "../messages/en/share.json";
import enShell from "../messages/en/shell.json";
import enStatus from "../messages/en/status.json";
import enTools from "../messages/en/tools.json";
import enUi from "../messages/en/ui.json";
import jaAccess from "../messages/ja/access.json";
import jaAction from "../messages/ja/action.json";
import jaCharts from "../messages/ja/charts.json";
import jaCompare from "../messages/ja/compare.json";
import jaDiagnostics from "../messages/ja/diagnostics.json";
import jaFleet from "../messages/ja/fleet.json";
import jaKeys from "../messages/ja/keys.json";
import jaNode from "../messages/ja/node.json";
import jaShare from "../messages/ja/share.json";
import jaShell from "../messages/ja/shell.json";
import jaStatus from "../messages/ja/status.json";
import jaTools from "../messages/ja/tools.json";
import jaUi from "../messages/ja/ui.json";
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

/** English sets the keys; the parity test holds Japanese to them. */
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
