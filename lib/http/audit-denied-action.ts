/** Records an action that was denied because the caller's role is too small. */
import "server-only";
import { actionInputSchema } from "@/lib/model/actions/action.schema";
import { BodyError, readJsonBody } from "./json-body";
import type { Refusal } from "./route";

/** A body that is not an action is not recorded. */
export async function auditDeniedAction({ runtime, request, actor, reason }: Refusal): Promise<void> {
  const parsed = actionInputSchema.safeParse(await bodyOf(request));
  if (!parsed.success) return;
  const { kind, pool, nodes = [] } = parsed.data;
  const target = pool ?? (nodes.length === 1 ? nodes[0] : undefined) ?? `${nodes.length} nodes`;
  await runtime.audit.record({ actor, kind, target, input: {} }, "refused", reason);
}

async function bodyOf(request: Request): Promise<unknown> {
  try {
    return await readJsonBody(request);
  } catch (error) {
    if (error instanceof BodyError) return null;
    throw error;
  }
}
