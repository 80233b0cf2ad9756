/** What changes a node. `perform.ts` is the only way to run one. */
import type { NodeClient } from "@/lib/memcached/contract";
import type { ActionKind } from "@/lib/model/actions/action";
import type { ActionInputs, CheckRow, Figures } from "@/lib/model/actions/action.schema";
import type { Capability } from "@/lib/model/node/capability";
import type { Node } from "@/lib/model/node/node.schema";

/** A configured node to act on. */
export interface Target {
  readonly id: string;
  /** The client that also polls the node: short requests only. */
  readonly client: NodeClient;
  /** Another client of the same node, for long work. Whoever opens it closes it. */
  open(): NodeClient;
  /** As collected last. */
  readonly view: Node;
}

/** How one node took it. `detail` is what was seen, in English. */
export interface TargetResult {
  readonly verified: boolean;
  readonly detail: string;
  readonly before: Figures | null;
  readonly after: Figures | null;
  /** One row per thing tried, for actions that try several. */
  readonly rows?: readonly CheckRow[];
}

/** What a running action is given besides its target. */
export interface RunContext {
  readonly nowMs: () => number;
  /** Aborts when the action is cancelled, its time is over, or Memfleet stops. Long work ends soon after. */
  readonly signal: AbortSignal;
  /** It was asked for on more than this one node. */
  readonly multiNode: boolean;
  /** Tells how far it is: shown at once, kept in the audit only at the end. */
  progress(after: Figures, detail?: string): void;
}

/**
 * The steps of an action that many nodes take together: all are looked at, then it is sent to all, then all are
 * asked what came of it. So the sending is not spread over the time that looking takes.
 */
export interface ActionPhases<Kind extends ActionKind = ActionKind> {
  /** The node before, asked now. What this rejects with, or aborts, was not sent. */
  read(target: Target, input: ActionInputs[Kind], context: RunContext): Promise<Figures>;
  /** Sends it, once at most. Resolves when the node has accepted it. */
  send(target: Target, input: ActionInputs[Kind], before: Figures, context: RunContext): Promise<void>;
  /** What came of it. */
  verify(
    target: Target,
    input: ActionInputs[Kind],
    before: Figures,
    context: RunContext,
  ): Promise<TargetResult>;
}

/** How an action goes from node to node. */
export interface Pace {
  /** Node k has its turn at k × this. */
  readonly staggerSeconds: number;
  /** The next node waits until the one before has this share of its earlier hit ratio again. */
  readonly waitForHitRatio: number | null;
  /** How long it waits for that; then the action pauses. */
  readonly waitAtMostSeconds: number;
}

export interface ActionDefinition<Kind extends ActionKind = ActionKind> {
  readonly kind: Kind;
  /** What a node must be able to do for this input: refused with 422 before anything is kept or sent. Null: nothing. */
  capability(input: ActionInputs[Kind]): Capability | null;
  /**
   * Refuses what the schema cannot (a key's bytes, a node's own limits). Nothing has been sent yet.
   * @throws InputError
   */
  check?(input: ActionInputs[Kind]): void;
  /**
   * Looks at the node itself and refuses what would harm it, with 422. Nothing has been kept or sent yet.
   * @throws CapabilityError, NodeError
   */
  admit?(target: Target, input: ActionInputs[Kind]): Promise<void>;
  /** How the input is kept in the audit and shown: never a value, only its size. Absent: as it is. */
  redact?(input: ActionInputs[Kind]): Readonly<Record<string, unknown>>;
  /** A run on one node that takes longer than this has failed, in milliseconds. */
  deadlineMs(input: ActionInputs[Kind]): number;
  /** Absent: all nodes at once. */
  pace?(input: ActionInputs[Kind]): Pace;
  /** Taken instead of `run` where there are any; each has the deadline for itself. */
  readonly steps?: ActionPhases<Kind>;
  /** Whether its result can be believed is for the action to find out. Rejects with `NodeError`. */
  run(target: Target, input: ActionInputs[Kind], context: RunContext): Promise<TargetResult>;
  /** Asked a few times in the minute after a verified run: what became of it. Null: nothing to watch. */
  watch?(target: Target, result: TargetResult, context: RunContext): Promise<Figures | null>;
}
