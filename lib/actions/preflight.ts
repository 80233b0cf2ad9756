/** Everything that can be wrong with an action before anything of it is saved or sent. */

import type { z } from "zod";
import { forEachLimit } from "@/lib/concurrency/for-each-limit";
import type { Actor } from "@/lib/model/access.schema";
import { ACTION_FACTS, type ActionKind } from "@/lib/model/actions/action";
import type { ActionInputs, actionInputSchema } from "@/lib/model/actions/action.schema";
import { asNamedError, CapabilityError, ForbiddenError, InputError, NotFoundError } from "@/lib/model/errors";
import { type Capability, LACKING, type LackingReason } from "@/lib/model/node/capability";
import { isAtLeastRole, type Role } from "@/lib/model/roles";
import { checkConfirmation, confirmationOf } from "./confirmation";
import type { AnyActionDefinition, Target } from "./contract";

export type ActionRequest = z.output<typeof actionInputSchema>;

/** How many nodes are read, or acted on, at the same time. */
export const AT_ONCE = 64;

export interface Fleet {
  /** A configured node; throws `NotFoundError`. */
  readonly target: (id: string) => Target;
  /** The nodes of a configured pool; throws `NotFoundError`. */
  readonly pool: (name: string) => readonly string[];
  /** Nothing may be changed, whatever the role. */
  readonly readOnly: () => boolean;
}

export interface Admitted {
  readonly target: Target;
  /** Why it is skipped; null: it takes part. */
  readonly skipped: string | null;
}

/**
 * The requested nodes, in the order of the request.
 * @throws NotFoundError for a node or pool that is not configured
 * @throws InputError for a node named twice
 */
export function targetsOf(
  fleet: Pick<Fleet, "target" | "pool">,
  { nodes = [], pool }: { readonly nodes?: readonly string[]; readonly pool?: string },
): Target[] {
  if (pool !== undefined) {
    const ids = fleet.pool(pool);
    if (ids.length === 0) throw new NotFoundError(`the pool ${pool} has no nodes`);
    return ids.map(fleet.target);
  }
  const repeats = new Set(nodes).size < nodes.length;
  const repeated = repeats ? nodes.find((id, index) => nodes.indexOf(id) < index) : undefined;
  if (repeated !== undefined) {
    throw new InputError([{ field: "nodes", found: `${repeated} twice`, allowed: "each node once" }]);
  }
  return nodes.map(fleet.target);
}

/** @throws ForbiddenError */
export function admitActor(fleet: Pick<Fleet, "readOnly">, actor: Actor, kind: ActionKind): void {
  if (fleet.readOnly()) throw new ForbiddenError("Memfleet is in read-only mode");
  admitRole(actor, ACTION_FACTS[kind].role);
}

/** @throws ForbiddenError */
export function admitRole(actor: Actor, role: Role): void {
  if (!isAtLeastRole(actor.role, role)) {
    throw new ForbiddenError(`this requires the ${role} role (you are ${actor.role})`);
  }
}

/**
 * Which of the targets take part. A single node must be able to; of several, those that are down or lack the
 * capability are skipped, each with its reason.
 * @throws InputError, ConflictError (confirmation), CapabilityError, NodeError
 */
export async function admitTargets<Kind extends ActionKind>(
  definition: AnyActionDefinition<Kind>,
  input: ActionInputs[Kind],
  targets: readonly Target[],
  confirm: string | undefined,
): Promise<Admitted[]> {
  const { kind } = definition;
  if (targets.length > 1 && !ACTION_FACTS[kind].multiNode) {
    const found = `${targets.length} nodes`;
    throw new InputError([{ field: "nodes", found, allowed: `one node: ${kind} runs on one at a time` }]);
  }
  const named = targets.map(({ id, view }) => ({ id, pool: view.pool }));
  checkConfirmation(confirmationOf(kind, named, input), confirm);
  const capability = definition.capability(input);
  const [only] = targets;
  if (only !== undefined && targets.length === 1) {
    await checkTarget(definition, input, only, capability, true);
    return [{ target: only, skipped: null }];
  }
  const skipped = new Map<Target, string>();
  await forEachLimit(targets, AT_ONCE, async (target) => {
    const reason = await skipReason(definition, input, target, capability);
    if (reason !== null) skipped.set(target, reason);
  });
  const [first, ...others] = skipped.values();
  if (first !== undefined && skipped.size === targets.length) {
    const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
    throw new CapabilityError(`no node can run ${kind}: ${first}${more}`);
  }
  return targets.map((target) => ({ target, skipped: skipped.get(target) ?? null }));
}

/** Why one of several nodes is skipped; null when it takes part. Rejects for any failure that is not the node's. */
async function skipReason<Kind extends ActionKind>(
  definition: AnyActionDefinition<Kind>,
  input: ActionInputs[Kind],
  target: Target,
  capability: Capability | null,
): Promise<string | null> {
  const { id, view } = target;
  if (view.status !== "up" && view.status !== "unknown") {
    return `${id}: ${view.statusReason ?? view.status}`;
  }
  try {
    await checkTarget(definition, input, target, capability, false);
    return null;
  } catch (error) {
    const named = asNamedError(error);
    if (named?.name === "CapabilityError" || named?.name === "NodeError") return named.message;
    throw error;
  }
}

/**
 * `fresh`: reads the node's capabilities again, whatever was known.
 * @throws CapabilityError, NodeError
 */
async function checkTarget<Kind extends ActionKind>(
  definition: AnyActionDefinition<Kind>,
  input: ActionInputs[Kind],
  target: Target,
  capability: Capability | null,
  fresh: boolean,
): Promise<void> {
  const { id, client } = target;
  if (capability !== null) {
    const known = lackingOf(target, capability);
    // What a proxy refuses depends on no setting, and it may close the connection on the question.
    if (known !== "isProxy" && (fresh || known === "notAskedYet")) await readSettingsIfReported(client);
    const lacking = lackingOf(target, capability);
    if (lacking !== null) {
      throw new CapabilityError(`${id} cannot run ${definition.kind}: ${LACKING[lacking]}`);
    }
  }
  await definition.admit?.(target, input);
}

/** A node that does not report its settings refuses by itself what its options switched off. */
async function readSettingsIfReported(client: Target["client"]): Promise<void> {
  try {
    await client.stats("settings");
  } catch (error) {
    if (!(error instanceof CapabilityError)) throw error;
  }
}

/** Why the node lacks the capability; null when it has it, as far as is known. */
export function lackingOf({ client }: Pick<Target, "client">, capability: Capability): LackingReason | null {
  return client.capabilities().lacking[capability] ?? null;
}
