/**
 * Every failure Memfleet names, on one screen.
 *
 * - `NodeError`: a node could not be asked, or did not answer as it should. Carries the node and a reason.
 * - `ConfigurationError`: the configuration cannot be used. Carries every problem with its place.
 * - `InputError`: a request's input is wrong. Carries field, what was found, what is allowed.
 * - `NotFoundError`, `CapabilityError`, `UnavailableError`: the request is right but cannot be answered.
 * - `NotSignedInError`, `ForbiddenError`, `ConflictError`, `TooManyError`: the request is right, but not now or not
 *   from this caller.
 *
 * Anything else is a defect: it is logged on the server and answered with 500 and no detail.
 */

import { REASONS, type ReasonCode } from "@/lib/catalogue/reasons";
import type { NodeStatus } from "./node/node-status";

export class NodeError extends Error {
  override readonly name = "NodeError";
  constructor(
    readonly node: string,
    readonly reason: ReasonCode,
    /** What was seen, for an operator; never a password, never the node's raw bytes. */
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
  /** Where in the configuration, as `pools[0].servers[2]`. */
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
  const place = problem.line === null ? problem.file : `${problem.file}:${problem.line}`;
  const path = problem.path === "" ? "" : `${problem.path}: `;
  return `${place}: ${path}found ${problem.found}, allowed ${problem.allowed}`;
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

/** The node is known, but cannot do what was asked: its version, protocol or settings lack it. */
export class CapabilityError extends Error {
  override readonly name = "CapabilityError";
}

/** Memfleet itself cannot answer now: the store is unusable, or the process is stopping. */
export class UnavailableError extends Error {
  override readonly name = "UnavailableError";
}

/** Nobody was recognised. Never says which part of a sign-in was wrong. */
export class NotSignedInError extends Error {
  override readonly name = "NotSignedInError";
}

/** Somebody was recognised, but may not do this. */
export class ForbiddenError extends Error {
  override readonly name = "ForbiddenError";
}

/** What was confirmed is not what would happen, or the same thing is being done already. */
export class ConflictError extends Error {
  override readonly name = "ConflictError";
}

/** Too many tries. */
export class TooManyError extends Error {
  override readonly name = "TooManyError";
  constructor(
    message: string,
    readonly retryAfterSeconds: number,
  ) {
    super(message);
  }
}

/** The errors above that answering a request can end in. */
export type NamedError =
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
