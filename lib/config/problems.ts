import type { z } from "zod";
import type { ConfigurationProblem } from "@/lib/model/errors";

export type ConfigurationPath = ReadonlyArray<string | number>;

/** The source of a part of the configuration: a file with lines, or variables. */
export interface Origin {
  problem(path: ConfigurationPath, found: string, allowed: string): ConfigurationProblem;
}

const MAX_FOUND_LENGTH = 80;
const SECRET_KEYS: ReadonlySet<string> = new Set([
  "password",
  "key",
  "passwordHash",
  "hash",
  "clientSecret",
  "bearerToken",
]);

/** `pools[0].servers[2]`; a key that is not a plain word is quoted. */
export function formatPath(path: ConfigurationPath): string {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else if (!/^[\w-]+$/.test(part)) text += `[${JSON.stringify(part)}]`;
    else text += text === "" ? part : `.${part}`;
  }
  return text;
}

/**
 * Describes the value at a path without secrets: it hides the values of secret keys and headers, text with an `@`
 * (which may be an address with a password) and the query of a web address, and truncates long text.
 */
export function describeFound(value: unknown, path: ConfigurationPath): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  if (SECRET_KEYS.has(String(path.at(-1))) || path.includes("headers")) return "a hidden value";
  if (typeof value !== "string") return String(value);
  if (value.includes("@")) return "text with an @ (hidden)";
  if (/^https?:.*\?/is.test(value)) return "an address with a query (hidden)";
  const short = value.length > MAX_FOUND_LENGTH ? `${value.slice(0, MAX_FOUND_LENGTH)}…` : value;
  return JSON.stringify(short);
}

/** The problems of one validation, each with its location. `input` is what was validated. */
export function toProblems(
  issues: readonly z.core.$ZodIssue[],
  input: unknown,
  origin: Origin,
): ConfigurationProblem[] {
  return issues.flatMap((issue) => {
    const path = issue.path.map((part) => (typeof part === "symbol" ? String(part) : part));
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) =>
        origin.problem([...path, key], "an unknown key", `one of the keys ${issue.message}`),
      );
    }
    if (issue.code === "invalid_key") return [origin.problem(path, "this key", issue.message)];
    return [origin.problem(path, describeFound(valueAt(input, path), path), issue.message)];
  });
}

function valueAt(input: unknown, path: ConfigurationPath): unknown {
  let value = input;
  for (const part of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}
