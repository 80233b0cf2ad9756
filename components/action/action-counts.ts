/** The progress of an action, from its targets. Pure. */
import type { ActionTarget } from "@/lib/model/actions/action.schema";

export interface ActionCounts {
  readonly total: number;
  readonly verified: number;
  readonly failed: number;
  /** Skipped, or cancelled before they were sent. */
  readonly left: number;
  /** Sent, and not verified yet. */
  readonly under: number;
  readonly pending: number;
  /** When the next one is due, Unix milliseconds; null: none waits for a time. */
  readonly nextDueMs: number | null;
}

export function actionCounts(targets: readonly ActionTarget[]): ActionCounts {
  const of = (...states: ActionTarget["state"][]) =>
    targets.filter((target) => states.includes(target.state)).length;
  const due = targets.flatMap((target) =>
    target.state === "pending" && target.dueMs !== null ? [target.dueMs] : [],
  );
  return {
    total: targets.length,
    verified: of("verified"),
    failed: of("failed"),
    left: of("skipped", "cancelled"),
    under: of("sent"),
    pending: of("pending"),
    nextDueMs: due.length === 0 ? null : Math.min(...due),
  };
}
