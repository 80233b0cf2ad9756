/**
 * All named errors.
 *
 * - `NodeError`: a node could not be reached or sent an unexpected response. Has the node and a reason.
 * - `ConfigurationError`: the configuration is invalid. Has every problem with its location.
 * - `InputError`: a request's input is invalid. Has the field, what was found, and what is allowed.
 * - `NotFoundError`, `CapabilityError`, `UnavailableError`: the request is valid but cannot be fulfilled.
 * - `NotSignedInError`, `ForbiddenError`, `ConflictError`, `TooManyError`: the request is valid, but not now or not
 *   from this caller.
 *
 * Any other error is a defect: it is logged on the server and becomes a 500 without detail.
 */

import type { NodeStatus } from "./node/node-status";
import { REASONS, type ReasonCode } from "./node/reasons";

export class NodeError extends Error {
  override readonly name = "NodeError";
  constructor(
    readonly node: string,
    readonly reason: ReasonCode,
    /** What was observed, for operators; never a password or raw bytes of the node. */
    readonly detail?: string,
    options?: ErrorOptions,
  ) {
    super(`${node}: ${REASONS[reason].en}${detail ? ` (${detail})` : ""}`, options);
  }
  get status(): NodeStatus {
    return REASONS[this.reason].status;
  }
}

export interface ConfigurationProblem {
  /** The file the problem is in, or "environment". */
  readonly file: string;
  /** 1-based line, when the problem has one. */
  readonly line: number | null;
  /** Path in the configuration, such as `pools[0].servers[2]`. */
  readonly path: string;
  readonly found: string;
  readonly allowed: string;
}

export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
  constructor(readonly problems: readonly ConfigurationProblem[]) {
    super(problems.map(describeProblem).join("\n"));
  }
}

/** `memfleet.yaml:12: pools[0].servers[2]: found 70000, allowed a port from 1 to 65535` */
export function describeProblem(problem: ConfigurationProblem): string {
  const location = problem.line === null ? problem.file : `${problem.file}:${problem.line}`;
  const path = problem.path === "" ? "" : `${problem.path}: `;
  return `${location}: ${path}found ${problem.found}, allowed ${problem.allowed}`;
}

export interface InputProblem {
  readonly field: string;
  readonly found: string;
  readonly allowed: string;
}

export class InputError extends Error {
  override readonly name = "InputError";
  constructor(readonly problems: readonly InputProblem[]) {
    super(problems.map((p) => `${p.field}: found ${p.found}, allowed ${p.allowed}`).join("; "));
  }
}

export class NotFoundError extends Error {
  override readonly name = "NotFoundError";
}

/** The node does not support the request because of its version, protocol or settings. */
export class CapabilityError extends Error {
  override readonly name = "CapabilityError";
}

/** Memfleet is unavailable: the store is unusable, or the process is stopping. */
export class UnavailableError extends Error {
  override readonly name = "UnavailableError";
}

/** The caller is not signed in. Never reveals which part of a sign-in was wrong. */
export class NotSignedInError extends Error {
  override readonly name = "NotSignedInError";
}

/** The caller lacks the permission. */
export class ForbiddenError extends Error {
  override readonly name = "ForbiddenError";
}

/** The confirmation does not match, or the same operation is already running. */
export class ConflictError extends Error {
  override readonly name = "ConflictError";
}

/** Too many attempts. */
export class TooManyError extends Error {
  override readonly name = "TooManyError";
  constructor(
    message: string,
    readonly retryAfterSeconds: number,
  ) {
    super(message);
  }
}

/** The errors above that a request can end in. */
type NamedError =
  | NodeError
  | InputError
  | NotFoundError
  | CapabilityError
  | UnavailableError
  | NotSignedInError
  | ForbiddenError
  | ConflictError
  | TooManyError;

const NAMES: ReadonlySet<string> = new Set([
  "NodeError",
  "InputError",
  "NotFoundError",
  "CapabilityError",
  "UnavailableError",
  "NotSignedInError",
  "ForbiddenError",
  "ConflictError",
  "TooManyError",
] satisfies NamedError["name"][]);

/** The error as one of the named ones, by its name; null when it is something else. */
export function asNamedError(error: unknown): NamedError | null {
  return error instanceof Error && NAMES.has(error.name) ? (error as NamedError) : null;
}
