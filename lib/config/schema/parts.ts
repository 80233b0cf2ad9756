import { z } from "zod";
import { formatDuration, parseDuration } from "../duration";

/* Building blocks of the schemas. Every message names what is allowed. */

/** A mapping that rejects unknown keys and lists the known ones. */
export function mapping<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const keys = Object.keys(shape).join(", ");
  return z.strictObject(shape, {
    error: (issue) => (issue.code === "unrecognized_keys" ? keys : `a mapping with ${keys}`),
  });
}

/** Text that `read` turns into a value or rejects with what is allowed. */
export function readText<Value>(allowed: string, read: (text: string) => Value | { allowed: string }) {
  return z.string({ error: allowed }).transform((text, context): Value => {
    const value = read(text);
    if (!isRefusal(value)) return value;
    context.issues.push({ code: "custom", message: value.allowed, input: text });
    return z.NEVER;
  });
}

function isRefusal(value: unknown): value is { allowed: string } {
  return typeof value === "object" && value !== null && "allowed" in value;
}

export function oneOf<const Values extends readonly [string, ...string[]]>(values: Values) {
  return z.enum(values, { error: `one of ${values.join(", ")}` });
}

export const trueOrFalse = z.boolean({ error: "true or false" });

export function wholeNumber(atLeast: number, atMost: number) {
  const error = `a whole number from ${atLeast} to ${atMost}`;
  return z.int({ error }).min(atLeast, { error }).max(atMost, { error });
}

/** Text that is not empty; `what` describes it. */
export function path(what: string) {
  return z.string({ error: what }).min(1, { error: what });
}

/** A duration within bounds, as milliseconds. */
export function duration(atLeast: number, atMost: number) {
  const allowed = `a duration from ${formatDuration(atLeast)} to ${formatDuration(atMost)}, such as 500ms, 10s, 24h`;
  return readText(allowed, (text) => {
    const ms = parseDuration(text);
    return ms === null || ms < atLeast || ms > atMost ? { allowed } : ms;
  });
}

/**
 * Forwards the issues of a schema that was chosen by the value, as issues of the transform that chose it. `path`
 * replaces the path of each issue.
 */
export function forwardIssues(
  issues: readonly z.core.$ZodIssue[],
  value: unknown,
  context: { readonly issues: z.core.$ZodRawIssue[] },
  path?: readonly PropertyKey[],
): void {
  for (const issue of issues) {
    const location = { path: [...(path ?? issue.path)], message: issue.message };
    if (issue.code === "unrecognized_keys") {
      context.issues.push({ code: issue.code, keys: issue.keys, input: {}, ...location });
    } else if (issue.code === "invalid_key") {
      const { code, origin, issues: inner } = issue;
      context.issues.push({ code, origin, issues: inner, input: value, ...location });
    } else {
      context.issues.push({ code: "custom", input: value, ...location });
    }
  }
}
