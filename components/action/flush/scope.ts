/** What a flush dialog was opened for. */
import type { ActionInput } from "@/lib/model/actions/action.schema";
import type { Node } from "@/lib/model/node/node.schema";
import type { FlushTiming } from "./timing";
import { timingInput } from "./timing";

export interface FlushScope {
  /** The pool that is meant as a whole; null when the nodes themselves are. */
  readonly pool: string | null;
  readonly nodes: readonly Node[];
}

/** What the server is asked to do. `key`: the same key never flushes twice. */
export function flushInput(
  { pool, nodes }: FlushScope,
  timing: FlushTiming,
  confirm: string,
  key: string,
): ActionInput {
  const where = pool === null ? { nodes: nodes.map((node) => node.id) } : { pool };
  return { kind: "flush_all", ...where, input: timingInput(timing), confirm, idempotencyKey: key };
}
