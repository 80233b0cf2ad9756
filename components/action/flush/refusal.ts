/** Why a node cannot be flushed. Pure: the server checks again. */
import type { PreviewNode } from "@/lib/model/actions/action.schema";
import type { LackingReason } from "@/lib/model/node/capability";

export type FlushRefusal =
  | { readonly why: "flushDisabled" | "notUp" }
  | { readonly why: "cannot"; readonly reason: LackingReason };

/**
 * Null when a flush is allowed. A node whose capabilities are unknown, such as one that another process polls, is
 * included: the server reads its capabilities before it sends a flush.
 */
export function flushRefusalOf(
  preview: Pick<PreviewNode, "status" | "flushEnabled" | "lacking">,
): FlushRefusal | null {
  if (preview.flushEnabled === false) return { why: "flushDisabled" };
  if (preview.status !== "up" && preview.status !== "unknown") return { why: "notUp" };
  if (preview.lacking === null || preview.lacking === "notAskedYet") return null;
  return { why: "cannot", reason: preview.lacking };
}
