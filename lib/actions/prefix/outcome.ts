/** How far a prefix action came, as figures and in words. Pure. */
import type { BulkDeleteCounts, BulkDeleteKind, Metadump } from "@/lib/memcached/contract";
import type { Figures } from "@/lib/model/actions/action.schema";

export interface PrefixCounts {
  readonly dryRun: boolean;
  readonly kind: BulkDeleteKind["kind"];
  /** Items of the node, and those of them whose key begins with the prefix. */
  readonly seen: number;
  readonly matched: number;
  /** Lines of the dumps that could not be read. */
  readonly unreadable: number;
  readonly walk: Metadump["walk"];
  /** The node's answers. */
  readonly counts: Readonly<BulkDeleteCounts>;
  /** What broke, in English; null when nothing did. */
  readonly problem: string | null;
  /** It was told to end before it was done. */
  readonly ended: boolean;
}

/** `deleted` is the number of items that the node said it took, also for marking as stale, which `marked` repeats. */
export function prefixFigures({ dryRun, kind, seen, matched, counts }: PrefixCounts, atMs: number): Figures {
  if (dryRun) return { atMs, seen, matched };
  const { done, missing, changed, failed } = counts;
  const marked: Figures = kind === "stale" ? { marked: done } : {};
  return { atMs, seen, matched, ...marked, deleted: done, missing, changed, failed };
}

/** Whether every item that matched was answered for, and none was refused. */
export function isWhole(tally: PrefixCounts): boolean {
  if (tally.problem !== null || tally.ended || tally.unreadable > 0) return false;
  return tally.dryRun || (tally.counts.failed === 0 && unanswered(tally) <= 0);
}

/** What was seen, in English. */
export function prefixDetail(tally: PrefixCounts): string {
  const { dryRun, matched, seen, unreadable, walk, problem, ended } = tally;
  const found = `${matched} of ${seen} items match`;
  return [
    dryRun ? `dry run: ${found}` : found,
    ...(dryRun ? [] : answered(tally)),
    ended && "ended early",
    unreadable > 0 && `${unreadable} lines of the dump could not be read`,
    walk === "all" && "walked by slab class, which can miss items that move meanwhile",
    problem,
  ]
    .filter((part) => typeof part === "string")
    .join("; ");
}

function answered(tally: PrefixCounts): (string | false)[] {
  const { done, missing, changed, failed } = tally.counts;
  const left = unanswered(tally);
  return [
    `${done} ${tally.kind === "stale" ? "marked as stale" : "deleted"}`,
    missing > 0 && `${missing} were gone already`,
    changed > 0 && `${changed} were stored again meanwhile and stay`,
    failed > 0 && `${failed} were refused`,
    left > 0 && `${left} were not asked for, or not answered`,
  ];
}

function unanswered({ matched, counts: { done, missing, changed, failed } }: PrefixCounts): number {
  return matched - done - missing - changed - failed;
}
