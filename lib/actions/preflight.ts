/** Everything that can be wrong with an action before anything of it is kept or sent. */

import type { z } from "zod";
import { forEachLimit } from "@/lib/concurrency/for-each-limit";
import type { Actor } from "@/lib/model/access.schema";
import { ACTION_FACTS, type ActionKind } from "@/lib/model/actions/action";
import type { ActionInputs, actionInputSchema } from "@/lib/model/actions/action.schema";
import { asNamedError, CapabilityError, ForbiddenError, InputError, NotFoundError } from "@/lib/model/errors";
import { type Capability, LACKING, type LackingReason } from "@/lib/model/node/capability";
import { isAtLeastRole } from "@/lib/model/roles";
import { checkConfirmation, confirmationOf } from "./confirmation";
import type { ActionDefinition, Target } from "./contract";

export type ActionRequest = z.output<typeof actionInputSchema>;

/** How many nodes are asked, or acted on, at the same time. */
export const AT_ONCE = 64;

export interface Fleet {
  /** A configured node; throws `NotFoundError`. */
  readonly target: (id: string) => Target;
  /** The nodes of a configured pool; throws `NotFoundError`. */
  readonly pool: (name: string) => readonly string[];
  /** Nothing may be changed, whoever asks. */
  readonly readOnly: () => boolean;
}

export interface Admitted {
  readonly target: Target;
  /** Why it is left out; null: it takes part. */
  readonly skipped: string | null;
}

/**
 * The nodes that are meant, in the order of asking.
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
  const seen = new Set<string>();
  const twice = nodes.find((id) => seen.size === seen.add(id).size);
  if (twice !== undefined) {
    throw new InputError([{ field: "nodes", found: `${twice} twice`, allowed: "each node once" }]);
  }
  return nodes.map(fleet.target);
}

/** @throws ForbiddenError */
export function admitActor(fleet: Pick<Fleet, "readOnly">, actor: Actor, kind: ActionKind): void {
  if (fleet.readOnly()) throw new ForbiddenError("this Memfleet is read-only");
  const { role } = ACTION_FACTS[kind];
  if (!isAtLeastRole(actor.role, role)) throw new ForbiddenError(`this takes the role ${role}`);
}

/**
 * Which of the targets take part. A node asked for alone has to be able to; of several, those that are down or
 * cannot are left out, each with its reason.
 * @throws InputError, ConflictError (confirmation), CapabilityError, NodeError
 */
export async function admitTargets<Kind extends ActionKind>(
  definition: ActionDefinition<Kind>,
  input: ActionInputs[Kind],
  targets: readonly Target[],
  confirm: string | undefined,
): Promise<Admitted[]> {
  const { kind } = definition;
  if (targets.length > 1 && !ACTION_FACTS[kind].multiNode) {
    const found = `${targets.length} nodes`;
    throw new InputError([{ field: "nodes", found, allowed: `one node: ${kind} is for one at a time` }]);
  }
  const placed = targets.map(({ id, view }) => ({ id, pool: view.pool }));
  checkConfirmation(confirmationOf(kind, placed, input), confirm);
  const capability = definition.capability(input);
  const [only] = targets;
  if (only !== undefined && targets.length === 1) {
    await able(definition, input, only, capability, true);
    return [{ target: only, skipped: null }];
  }
  const skipped = new Map<Target, string>();
  await forEachLimit(targets, AT_ONCE, async (target) => {
    const reason = await whyNot(definition, input, target, capability);
    if (reason !== null) skipped.set(target, reason);
  });
  const [first, ...others] = skipped.values();
  if (first !== undefined && skipped.size === targets.length) {
    const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
    throw new CapabilityError(`none of the nodes can do ${kind}: ${first}${more}`);
  }
  return targets.map((target) => ({ target, skipped: skipped.get(target) ?? null }));
}

/** Why one of several cannot take part; null when it can. Rejects for what is no answer of a node. */
async function whyNot<Kind extends ActionKind>(
  definition: ActionDefinition<Kind>,
  input: ActionInputs[Kind],
  target: Target,
  capability: Capability | null,
): Promise<string | null> {
  const { id, view } = target;
  if (view.status !== "up" && view.status !== "unknown") {
    return `${id}: ${view.statusReason ?? view.status}`;
  }
  try {
    await able(definition, input, target, capability, false);
    return null;
  } catch (error) {
    const known = asNamedError(error);
    if (known?.name === "CapabilityError" || known?.name === "NodeError") return known.message;
    throw error;
  }
}

/** `fresh`: what the node can do is asked again, whatever was known. */
async function able<Kind extends ActionKind>(
  definition: ActionDefinition<Kind>,
  input: ActionInputs[Kind],
  target: Target,
  capability: Capability | null,
  fresh: boolean,
): Promise<void> {
  const { id, client } = target;
  if (capability !== null) {
    if (fresh || lackingOf(target, capability) === "notAskedYet") await client.stats("settings");
    const lacking = lackingOf(target, capability);
    if (lacking !== null)
      throw new CapabilityError(`${id} cannot do ${definition.kind}: ${LACKING[lacking]}`);
  }
  await definition.admit?.(target, input);
}

/** What a node lacks for it, as far as is known; null: nothing. */
export function lackingOf({ client }: Pick<Target, "client">, capability: Capability): LackingReason | null {
  return client.capabilities().lacking[capability] ?? null;
}
