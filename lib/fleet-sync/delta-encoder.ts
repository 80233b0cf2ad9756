/**
 * Encodes what one reader of the fleet does not have yet.
 *
 * A node that renders the same is not sent: values are equal when they agree in four significant digits, the hit ratio
 * in tenths of a percent, the uptime in the unit that lists show; sample time and latency alone make no difference. Sent
 * values are exact, and every node is sent in full once a minute, so a reader's values are never older.
 */

import type { Attention, Pool } from "@/lib/model/fleet.schema";
import type { Node } from "@/lib/model/node/node.schema";
import { MINUTE_MS } from "@/lib/model/time";
import { encodeColumn, encodeRows } from "./columns";
import {
  attentionKey,
  type ChangedAttention,
  type ChangedNodes,
  type ChangedPools,
  type FleetDelta,
  type FleetSummary,
} from "./delta";
import { encodeNodes, type NodeField } from "./fleet-columns";

/** Maximum time between two full transmissions of a node. */
const FULL_EVERY_MS = MINUTE_MS;

/** Rounds to `digits` significant digits. */
function rounded(value: number | null, digits: number): number | null {
  return value === null ? null : Number(value.toPrecision(digits));
}

const displayed = (value: number | null) => rounded(value, 4);

/** In tenths of a percent; 0 and 1 are exact, because no page rounds to them. */
function ratio(value: number | null): number | null {
  if (value === null || value === 0 || value === 1) return value;
  return Math.min(999, Math.max(1, Math.round(value * 1_000))) / 1_000;
}

/** In the largest unit, as lists show it. */
function uptime(seconds: number | null): number | null {
  if (seconds === null) return null;
  const unit = [86_400, 3_600, 60].find((size) => seconds >= size) ?? 1;
  return Math.floor(seconds / unit) * unit;
}

const DISPLAY_PRECISION: Readonly<Partial<Record<NodeField, (value: number | null) => number | null>>> = {
  atMs: () => 0,
  latencyMs: () => 0,
  uptimeSeconds: uptime,
  bytes: displayed,
  currItems: displayed,
  hitRatio: ratio,
  getsPerSecond: displayed,
  setsPerSecond: displayed,
  evictionsPerSecond: displayed,
};

function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  return typeof a === "object" && typeof b === "object" && JSON.stringify(a) === JSON.stringify(b);
}

function fieldsOf(node: Node): readonly NodeField[] {
  return Object.keys(node) as NodeField[];
}

/** With other fields the node is sent in full. */
function haveSameFields(a: Node, b: Node): boolean {
  const fields = fieldsOf(b);
  return fields.length === fieldsOf(a).length && fields.every((field) => field in a);
}

/** Whether a page would show the same of both. */
export function rendersSame(a: Node, b: Node): boolean {
  return (
    haveSameFields(a, b) &&
    fieldsOf(b).every((field) => {
      if (isSame(a[field], b[field])) return true;
      const like = DISPLAY_PRECISION[field];
      return like !== undefined && like(a[field] as number | null) === like(b[field] as number | null);
    })
  );
}

interface SentNode {
  readonly node: Node;
  readonly wholeMs: number;
}

/** Tracks what one reader has and computes the next delta. */
export class FleetDeltaEncoder {
  private readonly nodes = new Map<string, SentNode>();
  private readonly pools = new Map<string, string>();
  private poolOrder: string | null = null;
  private attention: Map<string, Attention> | null = null;
  private summary: Partial<Record<string, string>> = {};

  /** Null when nothing changed. `touched` are the nodes that may have changed. */
  next(
    fleet: FleetSummary,
    touched: readonly Node[],
    removed: readonly string[],
    nowMs: number,
  ): FleetDelta | null {
    for (const id of removed) this.nodes.delete(id);
    const changes = {
      ...this.nodeChanges(touched, nowMs),
      ...(removed.length > 0 ? { removed } : {}),
      ...this.summaryChanges(fleet),
      ...this.poolChanges(fleet.pools),
      ...this.attentionChanges(fleet.attention),
    };
    return Object.keys(changes).length === 0 ? null : { atMs: fleet.atMs, ...changes };
  }

  private nodeChanges(touched: readonly Node[], nowMs: number): Pick<FleetDelta, "whole" | "changed"> {
    const full: Node[] = [];
    const changed: { before: Node; now: Node }[] = [];
    for (const now of touched) {
      const sent = this.nodes.get(now.id);
      const due = sent === undefined || nowMs - sent.wholeMs >= FULL_EVERY_MS;
      if (due || !haveSameFields(sent.node, now)) {
        this.nodes.set(now.id, { node: now, wholeMs: nowMs });
        full.push(now);
      } else if (!rendersSame(sent.node, now)) {
        this.nodes.set(now.id, { node: now, wholeMs: sent.wholeMs });
        changed.push({ before: sent.node, now });
      }
    }
    return {
      ...(full.length > 0 ? { whole: encodeNodes(full) } : {}),
      ...(changed.length > 0 ? { changed: changedNodes(changed) } : {}),
    };
  }

  private summaryChanges(fleet: FleetSummary): Pick<FleetDelta, "summary"> {
    const changed = (["configured", "pollIntervalMs", "totals", "notices"] as const).flatMap((name) => {
      const text = JSON.stringify(fleet[name]);
      if (this.summary[name] === text) return [];
      this.summary[name] = text;
      return [[name, fleet[name]] as const];
    });
    return changed.length > 0 ? { summary: Object.fromEntries(changed) } : {};
  }

  private poolChanges(pools: readonly Pool[]): { pools?: ChangedPools } {
    const changed = pools.filter((pool) => {
      const text = JSON.stringify(pool);
      if (this.pools.get(pool.name) === text) return false;
      this.pools.set(pool.name, text);
      return true;
    });
    const order = pools.map(({ name }) => name);
    const orderText = JSON.stringify(order);
    const reordered = orderText !== this.poolOrder;
    this.poolOrder = orderText;
    if (reordered) for (const name of this.pools.keys()) if (!order.includes(name)) this.pools.delete(name);
    if (changed.length === 0 && !reordered) return {};
    return { pools: { ...(reordered ? { order } : {}), now: encodeRows(changed) } };
  }

  private attentionChanges(attention: readonly Attention[]): { attention?: ChangedAttention } {
    const before = this.attention;
    const after = new Map(attention.map((entry) => [attentionKey(entry), entry]));
    if (before === null) {
      this.attention = after;
      return { attention: { gone: null, now: attention } };
    }
    const removed = [...before.keys()].filter((key) => !after.has(key));
    const now: Attention[] = [];
    for (const [key, entry] of after) {
      const previous = before.get(key);
      // Compared with what the reader has, so that small steps add up to a difference.
      if (previous !== undefined && isUnchanged(previous, entry)) continue;
      before.set(key, entry);
      now.push(entry);
    }
    for (const key of removed) before.delete(key);
    return removed.length === 0 && now.length === 0 ? {} : { attention: { gone: removed, now } };
  }
}

/** Sentences show three significant digits at most. */
function isUnchanged(a: Attention, b: Attention): boolean {
  if (a === b) return true;
  const names = Object.keys(b.figures);
  return (
    a.severity === b.severity &&
    a.sinceMs === b.sinceMs &&
    a.pool === b.pool &&
    names.length === Object.keys(a.figures).length &&
    names.every((name) => {
      const [was, is] = [a.figures[name] ?? null, b.figures[name] ?? null];
      return was === is || displayed(was) === displayed(is);
    })
  );
}

function changedNodes(pairs: readonly { readonly before: Node; readonly now: Node }[]): ChangedNodes {
  const fields: Partial<Record<NodeField, ChangedNodes["fields"][NodeField]>> = {};
  const names = new Set(pairs.flatMap(({ now }) => fieldsOf(now)));
  for (const field of names) {
    const rows: number[] = [];
    pairs.forEach(({ before, now }, row) => {
      if (!isSame(before[field], now[field])) rows.push(row);
    });
    if (rows.length === 0) continue;
    const values = encodeColumn(rows.map((row) => pairs[row]?.now[field] ?? null));
    fields[field] = rows.length === pairs.length ? { values } : { rows, values };
  }
  return { ids: pairs.map(({ now }) => now.id), fields };
}
