/** The outcome of an action in English. */
import type { ActionTarget } from "@/lib/model/actions/action.schema";

const FINAL_STATES = ["verified", "failed", "skipped", "cancelled"] as const;

/**
 * `detail`: why the action ended as it did; null when the detail of its only node is enough. `audit`: the detail of its audit
 * entry. `cancelledBy`: who or what cancelled it; null: nothing did.
 */
export function outcomeSummary(
  targets: readonly ActionTarget[],
  cancelledBy: string | null,
): { detail: string | null; audit: string } {
  const [only] = targets;
  if (only !== undefined && targets.length === 1) {
    return { detail: cancelledBy, audit: only.detail ?? cancelledBy ?? "" };
  }
  const counts = FINAL_STATES.flatMap((state) => {
    const count = targets.filter((target) => target.state === state).length;
    return count === 0 ? [] : [`${count} ${state}`];
  });
  const detail = [cancelledBy, counts.join(", ")].filter((part) => part !== null).join(": ");
  const first =
    targets.find(({ state }) => state === "failed") ?? targets.find(({ state }) => state === "skipped");
  const reason = first?.detail ?? null;
  return { detail, audit: reason === null ? detail : `${detail}; ${first?.node}: ${reason}` };
}
