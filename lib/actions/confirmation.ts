/** What has to be typed before an action is done. */
import { ACTION_FACTS, type ActionKind } from "@/lib/model/actions/action";
import { ConflictError } from "@/lib/model/errors";

interface NamedTarget {
  readonly id: string;
  readonly pool: string;
}

/** How these nodes are told in one word: the node's id, the pool's name when all are of one, else their number. */
export function nameOf(targets: readonly NamedTarget[]): string {
  const [first] = targets;
  if (first !== undefined && targets.length === 1) return first.id;
  const samePool = targets.every(({ pool }) => pool === first?.pool);
  return first !== undefined && samePool ? first.pool : `${targets.length} nodes`;
}

/** What `confirm` has to be for this input; null: nothing is asked for. */
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
export function checkConfirmation(wanted: string | null, given: string | undefined): void {
  if (wanted !== null && given !== wanted) throw new ConflictError(`confirm has to be ${wanted}`);
}
