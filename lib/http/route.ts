/**
 * The wrapper around every route handler: host, method, origin, actor, role, input, call, error to status. It relies on
 * nothing that ran before it. An unknown error is logged and becomes a 500 without detail.
 */
import "server-only";
import type { z } from "zod";
import { localAddress } from "@/lib/access/client-address";
import { isOwnRead, isOwnWrite } from "@/lib/access/origin";
import type { Session } from "@/lib/access/sessions";
import { isAllowedHost } from "@/lib/config/allowed-hosts";
import type { Actor } from "@/lib/model/access.schema";
import {
  asNamedError,
  ForbiddenError,
  InputError,
  type InputProblem,
  type NodeError,
  NotSignedInError,
} from "@/lib/model/errors";
import { ENDPOINTS, type Endpoint } from "@/lib/model/http/endpoints";
import { HEALTH_PATHS } from "@/lib/model/http/health-paths";
import { isAtLeastRole } from "@/lib/model/roles";
import { logDefect } from "@/lib/server/lifecycle";
import { getRuntime, type Runtime } from "@/lib/server/runtime";
import { BodyError, readJsonBody } from "./json-body";
import { jsonResponse, type Problem, problemResponse } from "./responses";

export interface Call<Query, Body> {
  readonly request: Request;
  readonly runtime: Runtime;
  readonly query: Query;
  /** Null where the endpoint takes no body. */
  readonly body: Body;
  /** Path parameters, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Null where the endpoint needs no sign-in. */
  readonly caller: Caller | null;
}

/** A recognised caller whose role is too small. */
export interface Refusal {
  readonly runtime: Runtime;
  readonly request: Request;
  readonly actor: Actor;
  readonly reason: string;
}

export interface Caller {
  readonly actor: Actor;
  readonly session: Session | null;
}

type Context = { params: Promise<Record<string, string>> };
type BodyOf<Body extends z.ZodType | null> = Body extends z.ZodType ? z.output<Body> : null;
/** What a handler may return: the endpoint's reply, or its own response. */
type Answer<Reply extends z.ZodType | null> =
  | (Reply extends z.ZodType ? Immutable<z.input<Reply>> : never)
  | Response;
/** A reply is only serialised, so a handler may return readonly arrays. */
type Immutable<Value> = Value extends readonly (infer Element)[]
  ? readonly Immutable<Element>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: Immutable<Value[Key]> }
    : Value;

/**
 * A handler for `endpoint`. What `answer` returns is sent as JSON, unless it is a `Response` already. `onForbidden` is
 * called, before the body is read, for callers whose role is too small. Errors of `lib/model/errors.ts` become problems
 * with their status.
 */
export function route<Query extends z.ZodType, Body extends z.ZodType | null, Reply extends z.ZodType | null>(
  endpoint: Endpoint<Query, Body, Reply>,
  answer: (call: Call<z.output<Query>, BodyOf<Body>>) => Answer<Reply> | Promise<Answer<Reply>>,
  onForbidden?: (refusal: Refusal) => Promise<void>,
): (request: Request, context: Context) => Promise<Response> {
  return async (request, context) => {
    try {
      const runtime = getRuntime();
      const refusal = refusalOf(endpoint, runtime, request.headers);
      if (refusal !== null) return problemResponse(refusal);
      const caller = await admit(endpoint, runtime, request, onForbidden);
      const query = parseQuery(endpoint.query, new URL(request.url).searchParams);
      const body = endpoint.body === null ? null : await readBody(endpoint, endpoint.body, request);
      const params = await context.params;
      const reply = await answer({ request, runtime, query, body: body as BodyOf<Body>, params, caller });
      return reply instanceof Response ? reply : jsonResponse(request, reply, endpoint.status);
    } catch (error) {
      return problemResponse(problemOf(error));
    }
  };
}

/**
 * Why a request is refused for every caller; null when it is not. Other sites may embed the pictures of share links, and
 * an identity provider sends the browser back to the callback, which checks its state.
 */
function refusalOf(endpoint: Endpoint, { configuration }: Runtime, headers: Headers): Problem | null {
  const { method, path, changes } = endpoint;
  if (HEALTH_PATHS.has(path)) return null;
  if (!isAllowedHost(headers.get("host"), configuration, localAddress(headers))) return MISDIRECTED;
  if (changes && configuration.readOnly) return READ_ONLY;
  if (method !== "GET") return isOwnWrite(headers, configuration) ? null : CROSS_SITE;
  const isOpen = path.startsWith("/s/") || path === ENDPOINTS.oidcCallback.path;
  return isOpen || isOwnRead(headers, configuration) ? null : CROSS_SITE;
}

/** The caller of an endpoint that requires a role. Throws what becomes 401 or 403. */
async function admit(
  { access }: Endpoint,
  runtime: Runtime,
  request: Request,
  onForbidden?: (refusal: Refusal) => Promise<void>,
): Promise<Caller | null> {
  if (access === "public" || access === "share") return null;
  const recognition = await runtime.access.authenticate(request.headers);
  if (recognition.actor === null) {
    if (recognition.why === "noRole") throw new ForbiddenError("none of your groups is mapped to a role");
    throw new NotSignedInError(
      recognition.why === "badToken" ? "this token is not valid" : "sign in, or send a token",
    );
  }
  const { actor } = recognition;
  if (!isAtLeastRole(actor.role, access)) {
    const reason = `this requires the ${access} role (you are ${actor.role})`;
    await onForbidden?.({ runtime, request, actor, reason });
    throw new ForbiddenError(reason);
  }
  return recognition;
}

/** The actor of an endpoint that requires a role. */
export function actorOf({ caller }: Pick<Call<unknown, unknown>, "caller">): Actor {
  if (caller === null) throw new Error("this endpoint needs no sign-in");
  return caller.actor;
}

async function readBody({ largeBody }: Endpoint, schema: z.ZodType, request: Request): Promise<unknown> {
  const input = await readJsonBody(request, largeBody);
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const fields = Object.assign(Object.create(null), typeof input === "object" ? input : {});
  const known = "shape" in schema ? Object.keys(schema.shape as object) : [];
  throw new InputError(parsed.error.issues.flatMap((issue) => inputProblems(issue, fields, known)));
}

const READ_ONLY: Problem = {
  status: 405,
  type: "read-only",
  title: "Read-only",
  detail: "This Memfleet is configured with readOnly and rejects all changes.",
  headers: { allow: "GET, HEAD" },
};

const CROSS_SITE: Problem = {
  status: 403,
  type: "not-from-here",
  title: "Cross-site request",
  detail:
    "The browser reports that another site sent this request. If this dashboard is reached at another address, set publicUrl to it.",
};

const MISDIRECTED: Problem = {
  status: 421,
  type: "host-not-allowed",
  title: "Host not allowed",
  detail:
    "This Host is neither loopback, nor the listen address, nor the address of this connection, nor publicUrl, nor in allowedHosts.",
};

/** Repeated parameters become lists where the schema expects a list; any other repeated parameter is an error. */
function parseQuery<Query extends z.ZodType>(schema: Query, search: URLSearchParams): z.infer<Query> {
  const lists = listFields(schema);
  const input: Record<string, unknown> = Object.create(null);
  for (const name of new Set(search.keys())) {
    const values = search.getAll(name);
    input[name] = lists.has(name) ? values : values.length === 1 ? values[0] : values;
  }
  const parsed = schema.safeParse({ ...input });
  if (parsed.success) return parsed.data;
  const known = "shape" in schema ? Object.keys(schema.shape as object) : [];
  throw new InputError(parsed.error.issues.flatMap((issue) => inputProblems(issue, input, known)));
}

function listFields(schema: z.ZodType): Set<string> {
  const shape = "shape" in schema ? (schema.shape as Record<string, z.ZodType>) : {};
  const names = Object.entries(shape).filter(([, field]) => {
    const inner =
      field.type === "optional" && "unwrap" in field ? (field.unwrap as () => z.ZodType)() : field;
    return inner.type === "array";
  });
  return new Set(names.map(([name]) => name));
}

function inputProblems(
  issue: z.core.$ZodIssue,
  input: Record<string, unknown>,
  known: readonly string[],
): InputProblem[] {
  if (issue.code === "unrecognized_keys") {
    const allowed = known.length === 0 ? "no parameters" : known.join(", ");
    return issue.keys.map((key) => ({ field: key, found: "an unknown parameter", allowed }));
  }
  const field = String(issue.path[0] ?? "");
  const found = field in input ? JSON.stringify(input[field]).slice(0, 200) : "nothing";
  return [{ field, found, allowed: issue.message }];
}

/**
 * The problem reply to an error. Errors are distinguished by name: the runtime and the handlers are separate copies of
 * a module, so `instanceof` between them does not hold.
 */
function problemOf(error: unknown): Problem {
  if (error instanceof BodyError) return error.problem;
  const named = asNamedError(error);
  switch (named?.name) {
    case "InputError":
      return {
        status: 400,
        type: "input-not-understood",
        title: "Invalid input",
        detail: named.message,
        errors: named.problems,
      };
    case "NotFoundError":
      return { status: 404, type: "not-found", title: "Not found", detail: named.message };
    case "CapabilityError":
      return {
        status: 422,
        type: "not-possible-on-this-node",
        title: "Not possible on this node",
        detail: named.message,
      };
    case "NotSignedInError":
      return {
        status: 401,
        type: "not-signed-in",
        title: "Not signed in",
        detail: named.message,
        headers: { "www-authenticate": 'Bearer realm="memfleet"' },
      };
    case "ForbiddenError":
      return { status: 403, type: "not-allowed", title: "Not allowed", detail: named.message };
    case "ConflictError":
      return { status: 409, type: "conflict", title: "Conflict", detail: named.message };
    case "TooManyError":
      return {
        status: 429,
        type: "slow-down",
        title: "Too many requests",
        detail: named.message,
        headers: { "retry-after": String(named.retryAfterSeconds) },
      };
    case "UnavailableError":
      return { status: 503, type: "not-available-now", title: "Unavailable", detail: named.message };
    case "NodeError":
      return nodeProblem(named);
    default:
      logDefect(error);
      return {
        status: 500,
        type: "internal-error",
        title: "Internal error",
        detail: "Memfleet failed. See the server log for details.",
      };
  }
}

function nodeProblem({ status, message, reason }: NodeError): Problem {
  if (status === "down" || status === "timeout") {
    const title = "The node did not respond";
    return { status: 504, type: "the-node-did-not-answer", title, detail: message, reason };
  }
  const title = "Unexpected response from the node";
  return { status: 502, type: "the-node-answered-nonsense", title, detail: message, reason };
}
