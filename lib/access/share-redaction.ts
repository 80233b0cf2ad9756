/** What a share shows: a fixed list of fields of the collected data. Pure. */
import { rounded, sumKnown, weightedHitRatio } from "@/lib/metrics/ratio";
import type { Node } from "@/lib/model/node/node.schema";
import type { Marker, Series } from "@/lib/model/series.schema";
import type { ShareField, ShareMode } from "@/lib/model/share";
import type { SharedNode, ShareStatus } from "@/lib/model/share.schema";

/** What was selected when the share was created. */
export interface ShareSettings {
  readonly label: string | null;
  readonly pool: string | null;
  /** The nodes at that time; those of a pool are resolved again for every view. */
  readonly nodes: readonly string[];
  readonly fields: readonly ShareField[];
  readonly windowMs: number;
  readonly mode: ShareMode;
  readonly redacted: boolean;
}

/** The metrics of the charts that these fields include; none without the field `charts`. */
export function chartMetrics(fields: readonly ShareField[]): string[] {
  if (!fields.includes("charts")) return [];
  return [
    ...(fields.includes("hitRatio") ? ["hit_ratio"] : []),
    ...(fields.includes("memory") ? ["bytes", "limit_maxbytes"] : []),
    ...(fields.includes("connections") ? ["curr_connections"] : []),
  ];
}

/** The collected data of a share, before redaction. */
export interface UnredactedShare {
  /** In the order of the settings; null for a node that is no longer configured. */
  readonly nodes: readonly { readonly id: string; readonly node: Node | null }[];
  readonly series: Series | null;
  readonly markers: readonly Marker[];
  readonly nowMs: number;
}

export function redactedStatus(
  settings: ShareSettings,
  collected: UnredactedShare,
  expiresMs: number,
): ShareStatus {
  const { label, mode, pool, redacted, windowMs } = settings;
  const fields = [...settings.fields];
  const names = new Map(collected.nodes.map(({ id }, index) => [id, redacted ? `node ${index + 1}` : id]));
  const nameOf = (id: string) => names.get(id) ?? "";
  const nodes = collected.nodes.map(({ id, node }) => sharedNode(nameOf(id), node, fields));
  const configured = collected.nodes.flatMap(({ node }) => node ?? []);
  // A marker's text may contain addresses and versions. Findings are never shared.
  const markers = fields.includes("markers")
    ? collected.markers
        .filter(({ kind }) => kind !== "finding")
        .map(({ atMs, node, kind }) => ({ atMs, node: nameOf(node), kind, text: "" }))
    : [];
  return {
    label,
    mode,
    pool,
    fields,
    redacted,
    windowMs,
    expiresMs,
    nodes,
    markers,
    atMs: largest(configured.map((node) => node.atMs)),
    servedMs: collected.nowMs,
    frozenMs: mode === "frozen" ? collected.nowMs : null,
    summary: summaryOf(configured, nodes),
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

function summaryOf(nodes: readonly Node[], shown: readonly SharedNode[]): ShareStatus["summary"] {
  const total = (pick: (node: SharedNode) => number | null) => sumKnown(shown.map(pick));
  const showsHitRatio = shown.some((node) => node.hitRatio !== null);
  return {
    nodes: shown.length,
    up: shown.filter((node) => node.status === "up").length,
    hitRatio: showsHitRatio ? rounded(weightedHitRatio(nodes)) : null,
    bytes: total((node) => node.bytes),
    limitMaxbytes: total((node) => node.limitMaxbytes),
    currConnections: total((node) => node.currConnections),
    maxConnections: total((node) => node.maxConnections),
  };
}

function largest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}

/** Only names, numbers and times: a series contains no more than its chart needs. */
function renamed(series: Series, nameOf: (id: string) => string, markers: Marker[]): Series {
  const { metric, unit, metrics, fromMs, toMs, stepMs, atMs } = series;
  return {
    metric,
    unit,
    metrics,
    fromMs,
    toMs,
    stepMs,
    atMs,
    markers,
    series: series.series.map((line) => ({
      metric: line.metric,
      node: line.node === null ? null : nameOf(line.node),
      pool: null,
      values: line.values,
    })),
  };
}
