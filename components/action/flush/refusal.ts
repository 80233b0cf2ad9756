/** Why a node cannot be flushed. Pure: the server checks again. */
import type { PreviewNode } from "@/lib/model/actions/action.schema";
import type { LackingReason } from "@/lib/model/node/capability";

export type FlushRefusal =
  | { readonly why: "flushDisabled" | "notUp" }
  | { readonly why: "cannot"; readonly reason: LackingReason };

/**
 * Null: it can be asked for, and then it is sent. A node of which nothing is known yet, as one that another process
 * asks, is asked by the server what it can do before it gets a flush: to leave it out here would count too little.
 */
export function flushRefusalOf(
  preview: Pick<PreviewNode, "status" | "flushEnabled" | "lacking">,
): FlushRefusal | null {
  if (preview.flushEnabled === false) return { why: "flushDisabled" };
  if (preview.status !== "up" && preview.status !== "unknown") return { why: "notUp" };
  if (preview.lacking === null || preview.lacking === "notAskedYet") return null;
  return { why: "cannot", reason: preview.lacking };
}
