/** What a share shows: a fixed list of fields, out of what was collected. Pure. */
import { rounded, weightedHitRatio } from "@/lib/metrics/ratio";
import type { Node } from "@/lib/model/node/node.schema";
import type { Marker, Series } from "@/lib/model/series.schema";
import type { ShareField, ShareMode } from "@/lib/model/share";
import type { SharedNode, ShareStatus } from "@/lib/model/share.schema";

/** What was chosen when the share was made. */
export interface ShareSettings {
  readonly label: string | null;
  readonly pool: string | null;
  /** The nodes when it was made; those of a pool are looked up again. */
  readonly nodes: readonly string[];
  readonly fields: readonly ShareField[];
  readonly windowMs: number;
  readonly mode: ShareMode;
  readonly redacted: boolean;
}

/** The metrics whose charts these fields take; none without the field `charts`. */
export function chartMetrics(fields: readonly ShareField[]): string[] {
  if (!fields.includes("charts")) return [];
  return [
    ...(fields.includes("hitRatio") ? ["hit_ratio"] : []),
    ...(fields.includes("memory") ? ["bytes", "limit_maxbytes"] : []),
    ...(fields.includes("connections") ? ["curr_connections"] : []),
  ];
}

export interface ShareInput {
  /** In the order of the settings; null for a node that is configured no more. */
  readonly nodes: readonly { readonly id: string; readonly node: Node | null }[];
  readonly series: Series | null;
  readonly markers: readonly Marker[];
  readonly nowMs: number;
}

export function redactedStatus(
  settings: ShareSettings,
  collected: ShareInput,
  expiresMs: number,
): ShareStatus {
  const { label, mode, pool, redacted, windowMs } = settings;
  const fields = [...settings.fields];
  const names = new Map(collected.nodes.map(({ id }, index) => [id, redacted ? `node ${index + 1}` : id]));
  const nameOf = (id: string) => names.get(id) ?? "";
  const nodes = collected.nodes.map(({ id, node }) => sharedNode(nameOf(id), node, fields));
  const known = collected.nodes.flatMap(({ node }) => node ?? []);
  // Their texts may hold addresses and versions. What diagnosing found is nobody else's business.
  const markers = fields.includes("markers")
    ? collected.markers
        .filter(({ kind }) => kind !== "finding")
        .map(({ atMs, node, kind }) => ({ atMs, node: nameOf(node), kind, text: "" }))
    : [];
  return {
    ...{ label, mode, pool, fields, redacted, windowMs, expiresMs, nodes, markers },
    atMs: largest(known.map((node) => node.atMs)),
    servedMs: collected.nowMs,
    frozenMs: mode === "frozen" ? collected.nowMs : null,
    summary: summaryOf(known, nodes),
    series: collected.series && renamed(collected.series, nameOf, markers),
  };
}

function sharedNode(name: string, node: Node | null, fields: readonly ShareField[]): SharedNode {
  const when = <Value>(field: ShareField, value: Value | undefined): Value | null =>
    fields.includes(field) ? (value ?? null) : null;
  return {
    name,
    status: node?.status ?? "unknown",
    statusSinceMs: node?.statusSinceMs ?? null,
    version: when("version", node?.version),
    hitRatio: when("hitRatio", node?.hitRatio),
    bytes: when("memory", node?.bytes),
    limitMaxbytes: when("memory", node?.limitMaxbytes),
    currConnections: when("connections", node?.currConnections),
    maxConnections: when("connections", node?.maxConnections),
  };
}

function summaryOf(known: readonly Node[], shown: readonly SharedNode[]): ShareStatus["summary"] {
  const total = (pick: (node: SharedNode) => number | null) => sum(shown.map(pick));
  const ticked = shown.some((node) => node.hitRatio !== null);
  return {
    nodes: shown.length,
    up: shown.filter((node) => node.status === "up").length,
    hitRatio: ticked ? rounded(weightedHitRatio(known)) : null,
    bytes: total((node) => node.bytes),
    limitMaxbytes: total((node) => node.limitMaxbytes),
    currConnections: total((node) => node.currConnections),
    maxConnections: total((node) => node.maxConnections),
  };
}

function sum(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
}

function largest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}

/** Nothing but names, numbers and times: a series says no more than its chart needs. */
function renamed(series: Series, nameOf: (id: string) => string, markers: Marker[]): Series {
  const { metric, unit, metrics, fromMs, toMs, stepMs, atMs } = series;
  return {
    ...{ metric, unit, metrics, fromMs, toMs, stepMs, atMs, markers },
    series: series.series.map((line) => ({
      metric: line.metric,
      node: line.node === null ? null : nameOf(line.node),
      pool: null,
      values: line.values,
    })),
  };
}
