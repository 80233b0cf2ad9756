/** Why a flush of a node cannot be asked for. Pure: the server refuses again. */
import type { PreviewNode } from "@/lib/model/action";
import type { LackingReason } from "@/lib/model/capability";

export type FlushRefusal =
  | { readonly why: "flushDisabled" | "notUp" }
  | { readonly why: "cannot"; readonly reason: LackingReason };

/** Null: it can be asked for. */
export function flushRefusalOf(
  preview: Pick<PreviewNode, "status" | "flushEnabled" | "lacking">,
): FlushRefusal | null {
  if (preview.flushEnabled === false) return { why: "flushDisabled" };
  if (preview.status !== "up") return { why: "notUp" };
  return preview.lacking === null ? null : { why: "cannot", reason: preview.lacking };
}
