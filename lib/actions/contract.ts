/** What changes a node. `perform.ts` is the only way to run one. */
import type { NodeClient } from "@/lib/memcached/contract";
import type { ActionKind, NodeFigures } from "@/lib/model/action";
import type { Capability } from "@/lib/model/capability";
import type { Node } from "@/lib/model/node";
import type { Role } from "@/lib/model/roles";

/** A configured node to act on. */
export interface Target {
  readonly id: string;
  readonly client: NodeClient;
  /** As collected last. */
  readonly view: Node;
}

/** How one node took it. `detail` is what was seen, in English. */
export interface TargetResult {
  readonly verified: boolean;
  readonly detail: string;
  readonly before: NodeFigures | null;
  readonly after: NodeFigures | null;
}

export interface ActionDefinition {
  readonly kind: ActionKind;
  readonly role: Role;
  /** What a node must be able to do: refused with 422 before anything is kept or sent. */
  readonly capability: Capability;
  /** A run that takes longer than this has failed, in milliseconds. */
  readonly deadlineMs: number;
  /** Whether its result can be believed is for the action to find out. Rejects with `NodeError`. */
  run(target: Target, nowMs: () => number): Promise<TargetResult>;
}
