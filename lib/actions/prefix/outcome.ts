/** How far a prefix action got, as measurements and in English. Pure. */
import type { BulkDeleteCounts, BulkDeleteKind, Metadump } from "@/lib/memcached/contract";
import type { Measurements } from "@/lib/model/actions/action.schema";

export interface PrefixCounts {
  readonly dryRun: boolean;
  readonly kind: BulkDeleteKind["kind"];
  /** Items of the node, and those of them whose key begins with the prefix. */
  readonly seen: number;
  readonly matched: number;
  /** Lines of the dumps that could not be parsed. */
  readonly unreadable: number;
  readonly walk: Metadump["walk"];
  /** The node's replies. */
  readonly counts: Readonly<BulkDeleteCounts>;
  /** Why it failed, in English; null when it did not. */
  readonly problem: string | null;
  /** It was cancelled or stopped before it was complete. */
  readonly ended: boolean;
}

/** `deleted` counts the items that the node acknowledged, also when they were marked as stale (`marked`). */
export function prefixMeasurements(
  { dryRun, kind, seen, matched, counts }: PrefixCounts,
  atMs: number,
): Measurements {
  if (dryRun) return { atMs, seen, matched };
  const { done, missing, changed, failed } = counts;
  const marked: Measurements = kind === "stale" ? { marked: done } : {};
  return { atMs, seen, matched, ...marked, deleted: done, missing, changed, failed };
}

/** Whether every item that matched has a reply, and none failed. */
export function isComplete({ dryRun, counts, matched, unreadable, problem, ended }: PrefixCounts): boolean {
  if (problem !== null || ended || unreadable > 0) return false;
  return dryRun || (counts.failed === 0 && remaining(matched, counts) <= 0);
}

/** The outcome in English. */
export function prefixDetail(outcome: PrefixCounts): string {
  const { dryRun, matched, seen, unreadable, walk, problem, ended } = outcome;
  const found = `${matched} of ${seen} items match`;
  return [
    dryRun ? `dry run: ${found}` : found,
    ...(dryRun ? [] : replyCounts(outcome)),
    ended && "stopped early",
    unreadable > 0 && `${unreadable} lines of the dump can’t be read`,
    walk === "all" && "dumped by slab class, which can miss items that move meanwhile",
    problem,
  ]
    .filter((part) => typeof part === "string")
    .join("; ");
}

function replyCounts({ kind, matched, counts }: PrefixCounts): (string | false)[] {
  const { done, missing, changed, failed } = counts;
  const rest = remaining(matched, counts);
  return [
    `${done} ${kind === "stale" ? "marked as stale" : "deleted"}`,
    missing > 0 && `${missing} already gone`,
    changed > 0 && `${changed} kept (rewritten since)`,
    failed > 0 && `${failed} failed`,
    rest > 0 && `${rest} remaining`,
  ];
}

function remaining(matched: number, { done, missing, changed, failed }: BulkDeleteCounts): number {
  return matched - done - missing - changed - failed;
}
