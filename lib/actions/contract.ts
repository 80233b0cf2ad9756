/** What an action is. `service.ts` is the only way to run one. */
import type { NodeClient } from "@/lib/memcached/contract";
import type { ActionKind } from "@/lib/model/actions/action";
import type { ActionInputs, CheckRow, Measurements } from "@/lib/model/actions/action.schema";
import type { Capability } from "@/lib/model/node/capability";
import type { Node } from "@/lib/model/node/node.schema";

/** A configured node to act on. */
export interface Target {
  readonly id: string;
  /** The client that also polls the node: short requests only. */
  readonly client: NodeClient;
  /** Another client of the same node, for long work. The caller closes it. */
  open(): NodeClient;
  /** The node as last collected. */
  readonly view: Node;
}

/** The outcome on one node. `detail` is English. */
export interface TargetResult {
  readonly verified: boolean;
  readonly detail: string;
  readonly before: Measurements | null;
  readonly after: Measurements | null;
  /** One row per check, for actions that make several. */
  readonly rows?: readonly CheckRow[];
}

/** What a running action is given besides its target. */
export interface RunContext {
  readonly nowMs: () => number;
  /** Aborts when the action is cancelled, its deadline passes, or Memfleet stops. Long work must end soon after. */
  readonly signal: AbortSignal;
  /** The action was requested for more than this one node. */
  readonly multiNode: boolean;
  /** Reports progress: shown at once, saved only at the end. */
  progress(after: Measurements, detail?: string): void;
}

/**
 * The phases of an action on many nodes: all are read, then it is sent to all, then all are verified. So the time
 * that reading takes does not spread out the sending.
 */
export interface ActionPhases<Kind extends ActionKind = ActionKind> {
  /** Reads the node's state before. When this rejects or is aborted, nothing was sent. */
  read(target: Target, input: ActionInputs[Kind], context: RunContext): Promise<Measurements>;
  /** Sends it, at most once. Resolves when the node has accepted it. */
  send(target: Target, input: ActionInputs[Kind], before: Measurements, context: RunContext): Promise<void>;
  /** Reads the outcome. */
  verify(
    target: Target,
    input: ActionInputs[Kind],
    before: Measurements,
    context: RunContext,
  ): Promise<TargetResult>;
}

/** How an action goes from node to node. */
export interface Pace {
  /** Node k is due at k × this. */
  readonly staggerSeconds: number;
  /** The next node waits until the one before is back to this share of its earlier hit ratio; null: no wait. */
  readonly waitForHitRatio: number | null;
  /** How long it waits for that; then the action pauses. */
  readonly waitAtMostSeconds: number;
}

interface ActionBase<Kind extends ActionKind> {
  readonly kind: Kind;
  /** What a node must be able to do for this input: refused with 422 before anything is saved or sent. Null: nothing. */
  capability(input: ActionInputs[Kind]): Capability | null;
  /**
   * Refuses what the schema cannot (a key's bytes, a node's own limits). Nothing has been sent yet.
   * @throws InputError
   */
  check?(input: ActionInputs[Kind]): void;
  /**
   * Reads the node itself and refuses what would harm it, with 422. Nothing has been saved or sent yet.
   * @throws CapabilityError, NodeError
   */
  admit?(target: Target, input: ActionInputs[Kind]): Promise<void>;
  /** The input as the audit stores and shows it: never a value, only its size. Absent: unchanged. */
  redact?(input: ActionInputs[Kind]): Readonly<Record<string, unknown>>;
  /** A run on one node, or one phase of it, that takes longer than this has failed, in milliseconds. */
  deadlineMs(input: ActionInputs[Kind]): number;
  /** Absent: all nodes at once. */
  pace?(input: ActionInputs[Kind]): Pace;
  /** Read a few times in the minute after a verified run. Null: nothing to watch. */
  watch?(target: Target, result: TargetResult, context: RunContext): Promise<Measurements | null>;
}

/** An action that runs on each node separately. */
export interface ActionDefinition<Kind extends ActionKind = ActionKind> extends ActionBase<Kind> {
  /** Runs it on one node and verifies the outcome. Rejects with `NodeError`. */
  run(target: Target, input: ActionInputs[Kind], context: RunContext): Promise<TargetResult>;
}

/** An action that all nodes take phase by phase. */
export interface PhasedActionDefinition<Kind extends ActionKind = ActionKind> extends ActionBase<Kind> {
  readonly phases: ActionPhases<Kind>;
}

export type AnyActionDefinition<Kind extends ActionKind = ActionKind> =
  | ActionDefinition<Kind>
  | PhasedActionDefinition<Kind>;
