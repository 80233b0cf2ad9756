/** The definition and the input of an action, by its kind. */

import type { ActionKind } from "@/lib/model/actions/action";
import { ACTION_INPUTS, type ActionInputs } from "@/lib/model/actions/action.schema";
import type { InputProblem } from "@/lib/model/errors";
import type { AnyActionDefinition } from "./contract";
import { ACTIONS } from "./registry";

export function definitionOf<Kind extends ActionKind>(kind: Kind): AnyActionDefinition<Kind> {
  return ACTIONS[kind];
}

type Parsed<Kind extends ActionKind> =
  | { readonly input: ActionInputs[Kind]; readonly problems: null }
  | { readonly input: null; readonly problems: readonly InputProblem[] };

/** The parsed input, or what is wrong with it. */
export function parseInput<Kind extends ActionKind>(
  kind: Kind,
  given: Readonly<Record<string, unknown>>,
): Parsed<Kind> {
  const schema = ACTION_INPUTS[kind];
  const parsed = schema.safeParse(given);
  if (parsed.success) return { input: parsed.data as ActionInputs[Kind], problems: null };
  const names = Object.keys(schema.shape).join(", ");
  const problems = parsed.error.issues.flatMap((issue): InputProblem[] => {
    if (issue.code === "unrecognized_keys") {
      const allowed = names === "" ? "nothing" : names;
      return issue.keys.map((key) => ({ field: `input.${key}`, found: "an unknown name", allowed }));
    }
    const name = String(issue.path[0] ?? "");
    // Never the value of a key: the problem may be logged.
    const found = name === "value" || !(name in given) ? "something else" : describe(given[name]);
    return [{ field: `input.${issue.path.join(".")}`, found, allowed: issue.message }];
  });
  return { input: null, problems };
}

function describe(value: unknown): string {
  return (JSON.stringify(value) ?? "nothing").slice(0, 200);
}

/** The input as the audit stores and shows it: never a value, only its size. */
export function auditInput<Kind extends ActionKind>(
  definition: AnyActionDefinition<Kind>,
  input: ActionInputs[Kind],
): Readonly<Record<string, unknown>> {
  return definition.redact?.(input) ?? { ...input };
}
