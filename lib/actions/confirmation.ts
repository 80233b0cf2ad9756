/** What has to be typed to confirm an action. */
import { ACTION_FACTS, type ActionKind } from "@/lib/model/actions/action";
import { ConflictError } from "@/lib/model/errors";

interface NamedTarget {
  readonly id: string;
  readonly pool: string;
}

/** One name for these nodes: the node's id, the pool's name when all are of one pool, else their number. */
export function nameOf(targets: readonly NamedTarget[]): string {
  const [first] = targets;
  if (first !== undefined && targets.length === 1) return first.id;
  const samePool = targets.every(({ pool }) => pool === first?.pool);
  return first !== undefined && samePool ? first.pool : `${targets.length} nodes`;
}

/** What `confirm` has to be for this input; null: no confirmation is needed. */
export function confirmationOf(
  kind: ActionKind,
  targets: readonly NamedTarget[],
  input: object,
): string | null {
  switch (ACTION_FACTS[kind].confirm) {
    case "none":
      return null;
    case "node":
      return nameOf(targets);
    case "prefix":
      if ("dryRun" in input && input.dryRun === true) return null;
      return "prefix" in input && typeof input.prefix === "string" ? input.prefix : null;
  }
}

/** @throws ConflictError */
export function checkConfirmation(expected: string | null, confirm: string | undefined): void {
  if (expected === null || confirm === expected) return;
  throw new ConflictError(`not confirmed: confirm must be ${expected}`);
}
