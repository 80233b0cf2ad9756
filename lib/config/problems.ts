import type { z } from "zod";
import type { ConfigurationProblem } from "@/lib/model/errors";
import { escapeHidden } from "@/lib/model/hidden-characters";

export type ConfigurationPath = ReadonlyArray<string | number>;

/** The source of a part of the configuration: a file with lines, or variables. */
export interface Origin {
  problem(path: ConfigurationPath, found: string, allowed: string): ConfigurationProblem;
}

const MAX_FOUND_LENGTH = 80;
/** Sections in which nothing that was found is shown: a secret may be at the wrong place in them, even as a key. */
const SECRET_SECTION = /^(?:auth|tls|headers|key|hash)$|password|bearer|secret|token|credential/i;
/** The keys that these sections have. Any other key in them is hidden, such as the name of a header or a group. */
const KNOWN_KEYS: ReadonlySet<string> = new Set(
  [
    "auth tls headers bearerToken bearerTokenFile sasl ascii username password passwordFile",
    "ca caFile cert certFile key keyFile servername insecureSkipVerify",
    "users tokens name passwordHash hash role oidc issuer clientId clientSecret clientSecretFile scope",
    "roleClaim roles trustedProxies proxyHeader user groups",
  ].flatMap((names) => names.split(" ")),
);
const HIDDEN_KEY = "(hidden)";
const HIDDEN_VALUE = "a hidden value";

function isSecretPart(part: string | number | undefined): boolean {
  return typeof part === "string" && SECRET_SECTION.test(part);
}

/** Whether the value at a path may be a secret. */
export function isSecretPath(path: ConfigurationPath): boolean {
  return path.some(isSecretPart);
}

/** Whether a text may contain a password: an address with one, or the query of a web address. */
function mayHoldSecret(text: string): boolean {
  return text.includes("@") || /^https?:.*\?/is.test(text);
}

/** The path without keys that may be secrets. */
function withoutSecrets(path: ConfigurationPath): ConfigurationPath {
  const from = path.findIndex(isSecretPart);
  return path.map((part, index) => {
    if (typeof part === "number") return part;
    const hidden = (from >= 0 && index > from && !KNOWN_KEYS.has(part)) || mayHoldSecret(part);
    return hidden ? HIDDEN_KEY : part.slice(0, MAX_FOUND_LENGTH);
  });
}

/** `pools[0].servers[2]`; a key that is not a plain word is quoted, one that may be a secret is hidden. */
export function formatPath(path: ConfigurationPath): string {
  let text = "";
  for (const part of withoutSecrets(path)) {
    if (typeof part === "number") text += `[${part}]`;
    else if (part === HIDDEN_KEY) text += text === "" ? part : `.${part}`;
    else if (!/^[\w-]+$/.test(part)) text += `[${escapeHidden(JSON.stringify(part))}]`;
    else text += text === "" ? part : `.${part}`;
  }
  return text;
}

/**
 * Describes the value at a path without secrets: nothing of a section that holds secrets is shown, nor text with an `@`
 * (which may be an address with a password) or the query of a web address. Long text is truncated.
 */
export function describeFound(value: unknown, path: ConfigurationPath): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  if (isSecretPath(path)) return HIDDEN_VALUE;
  if (typeof value !== "string") return String(value);
  if (value.includes("@")) return "text with an @ (hidden)";
  if (mayHoldSecret(value)) return "an address with a query (hidden)";
  const short = value.length > MAX_FOUND_LENGTH ? `${value.slice(0, MAX_FOUND_LENGTH)}…` : value;
  return escapeHidden(JSON.stringify(short));
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
