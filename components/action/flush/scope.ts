/** The nodes or pool of a flush dialog. */
import type { ActionInput } from "@/lib/model/actions/action.schema";
import type { Node } from "@/lib/model/node/node.schema";
import type { FlushTiming } from "./timing";
import { timingInput } from "./timing";

export interface FlushScope {
  /** The pool to flush; null to flush the listed nodes. */
  readonly pool: string | null;
  readonly nodes: readonly Node[];
}

/** The action to start. `key`: the same key never flushes twice. */
export function flushInput(
  { pool, nodes }: FlushScope,
  timing: FlushTiming,
  confirm: string,
  key: string,
): ActionInput {
  const where = pool === null ? { nodes: nodes.map((node) => node.id) } : { pool };
  return { kind: "flush_all", ...where, input: timingInput(timing), confirm, idempotencyKey: key };
}
