/** The share that the dialog describes, and its preview. Pure. */
import { sumKnown, weightedHitRatio } from "@/lib/metrics/ratio";
import type { Node } from "@/lib/model/node/node.schema";
import type { Series } from "@/lib/model/series.schema";
import { DEFAULT_SHARE_FIELDS, SHARE_LIMITS, type ShareField, type ShareMode } from "@/lib/model/share";
import type { SharedNode, ShareInput, ShareStatus } from "@/lib/model/share.schema";
import { DAY_MS, HOUR_MS } from "@/lib/model/time";

/** What a link shares: some nodes, or the nodes that a pool has when the link is opened. */
export type ShareScope = { readonly nodes: readonly string[] } | { readonly pool: string };

export const SHARE_WINDOWS = {
  "1h": HOUR_MS,
  "6h": 6 * HOUR_MS,
  "24h": DAY_MS,
  "7d": 7 * DAY_MS,
  "30d": 30 * DAY_MS,
  "90d": 90 * DAY_MS,
} as const;
export type ShareWindow = keyof typeof SHARE_WINDOWS;
export const SHARE_WINDOW_NAMES = Object.keys(SHARE_WINDOWS) as ShareWindow[];

/** Seconds. */
export const SHARE_EXPIRIES = {
  "1h": 3_600,
  "1d": 86_400,
  "7d": SHARE_LIMITS.expiresInSeconds.usual,
  "30d": 30 * 86_400,
  "90d": SHARE_LIMITS.expiresInSeconds.most,
} as const;
export type ShareExpiry = keyof typeof SHARE_EXPIRIES;
export const SHARE_EXPIRY_NAMES = Object.keys(SHARE_EXPIRIES) as ShareExpiry[];

export interface ShareDraft {
  readonly label: string;
  readonly fields: readonly ShareField[];
  readonly window: ShareWindow;
  readonly mode: ShareMode;
  readonly expiry: ShareExpiry;
  readonly password: string;
  readonly redact: boolean;
}

export const NEW_DRAFT: ShareDraft = {
  label: "",
  fields: DEFAULT_SHARE_FIELDS,
  window: "24h",
  mode: "live",
  expiry: "7d",
  password: "",
  redact: false,
};

/** The body of `POST /api/v1/shares`. */
export function shareInput(scope: ShareScope, draft: ShareDraft): ShareInput {
  const label = draft.label.trim();
  return {
    ...("pool" in scope ? { pool: scope.pool } : { nodes: [...scope.nodes] }),
    fields: [...draft.fields],
    windowMs: SHARE_WINDOWS[draft.window],
    mode: draft.mode,
    expiresInSeconds: SHARE_EXPIRIES[draft.expiry],
    redact: draft.redact,
    ...(label === "" ? {} : { label }),
    ...(draft.password === "" ? {} : { password: draft.password }),
  };
}

/** The metrics that the charts of a draft need; `hit_ratio` alone when only the markers are selected. */
export function draftMetrics(fields: readonly ShareField[]): string[] {
  const metrics = fields.includes("charts")
    ? [
        ...(fields.includes("hitRatio") ? ["hit_ratio"] : []),
        ...(fields.includes("memory") ? ["bytes", "limit_maxbytes"] : []),
        ...(fields.includes("connections") ? ["curr_connections"] : []),
      ]
    : [];
  return metrics.length === 0 && fields.includes("markers") ? ["hit_ratio"] : metrics;
}

interface DraftFacts {
  readonly scope: ShareScope;
  readonly draft: ShareDraft;
  readonly nodes: readonly Node[];
  readonly series: Series | null;
  readonly nowMs: number;
}

/** The current status that a link with this draft shows. */
export function draftStatus({ scope, draft, nodes, series, nowMs }: DraftFacts): ShareStatus {
  const has = (field: ShareField) => draft.fields.includes(field);
  const names = new Map(nodes.map(({ id }, index) => [id, draft.redact ? `node ${index + 1}` : id]));
  const shown = nodes.map((node) => sharedNode(node, names.get(node.id) ?? node.id, has));
  const atMs = nodes.reduce<number | null>(
    (newest, node) => (node.atMs === null ? newest : Math.max(newest ?? 0, node.atMs)),
    null,
  );
  return {
    label: draft.label.trim() === "" ? null : draft.label.trim(),
    mode: draft.mode,
    pool: "pool" in scope ? scope.pool : null,
    fields: [...draft.fields],
    redacted: draft.redact,
    atMs,
    servedMs: nowMs,
    frozenMs: draft.mode === "frozen" ? nowMs : null,
    expiresMs: nowMs + SHARE_EXPIRIES[draft.expiry] * 1_000,
    windowMs: SHARE_WINDOWS[draft.window],
    summary: summaryOf(nodes, shown, has),
    nodes: shown,
    series: has("charts") && series !== null ? renamed(series, names) : null,
    markers: has("markers") && series !== null ? renamed(series, names).markers : [],
  };
}

function sharedNode(node: Node, name: string, has: (field: ShareField) => boolean): SharedNode {
  return {
    name,
    status: node.status,
    statusSinceMs: node.statusSinceMs,
    version: has("version") ? node.version : null,
    hitRatio: has("hitRatio") ? node.hitRatio : null,
    bytes: has("memory") ? node.bytes : null,
    limitMaxbytes: has("memory") ? node.limitMaxbytes : null,
    currConnections: has("connections") ? node.currConnections : null,
    maxConnections: has("connections") ? node.maxConnections : null,
  };
}

function summaryOf(
  nodes: readonly Node[],
  shown: readonly SharedNode[],
  has: (field: ShareField) => boolean,
): ShareStatus["summary"] {
  return {
    nodes: nodes.length,
    up: nodes.filter((node) => node.status === "up").length,
    hitRatio: has("hitRatio") ? weightedHitRatio(nodes) : null,
    bytes: sumKnown(shown.map((node) => node.bytes)),
    limitMaxbytes: sumKnown(shown.map((node) => node.limitMaxbytes)),
    currConnections: sumKnown(shown.map((node) => node.currConnections)),
    maxConnections: sumKnown(shown.map((node) => node.maxConnections)),
  };
}

function renamed(series: Series, names: ReadonlyMap<string, string>): Series {
  return {
    ...series,
    series: series.series.map((row) => ({
      ...row,
      node: row.node === null ? null : (names.get(row.node) ?? row.node),
    })),
    markers: series.markers
      .filter((marker) => names.has(marker.node))
      .map((marker) => ({ ...marker, node: names.get(marker.node) ?? marker.node, text: "" })),
  };
}
