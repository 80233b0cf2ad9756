/** Why a node that is up is not in order. */
import type { AttentionKind } from "@/lib/model/node/health";
import type { Node } from "@/lib/model/node/node.schema";

/** The cause to name beside its status; null when there is none, or when the status itself is the cause. */
export function causeOf({
  status,
  health,
}: Pick<Node, "status" | "health">): Exclude<AttentionKind, "status"> | null {
  const { state, cause } = health;
  if (status !== "up" || state === "ok" || state === "info" || cause === "status") return null;
  return cause;
}
