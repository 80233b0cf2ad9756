/** An action's end in words. */
import type { ActionTarget } from "@/lib/model/actions/action.schema";

const STATE_TEXT = ["verified", "failed", "skipped", "cancelled"] as const;

/**
 * `detail`: why the action ended as it did, null when its only node says it all. `audit`: what the audit keeps.
 * `cancelled`: who or what ended it early.
 */
export function outcomeSummary(
  targets: readonly ActionTarget[],
  cancelled: string | null,
): { detail: string | null; audit: string } {
  const [only] = targets;
  if (only !== undefined && targets.length === 1) {
    return { detail: cancelled, audit: only.detail ?? cancelled ?? "" };
  }
  const counts = STATE_TEXT.flatMap((state) => {
    const count = targets.filter((target) => target.state === state).length;
    return count === 0 ? [] : [`${count} ${state}`];
  });
  const detail = [cancelled, counts.join(", ")].filter((part) => part !== null).join(": ");
  const first =
    targets.find(({ state }) => state === "failed") ?? targets.find(({ state }) => state === "skipped");
  const reason = first?.detail ?? null;
  return { detail, audit: reason === null ? detail : `${detail}; ${first?.node}: ${reason}` };
}
