/**
 * The wrapper around every route handler: host, method, origin, actor, role, input, call, error to status. Nothing
 * before it is relied on. An error it does not know is logged and answered with 500 and no detail.
 */
import "server-only";
import type { z } from "zod";
import { isOwnWrite } from "@/lib/access/origin";
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
import type { Endpoint } from "@/lib/model/http/endpoints";
import { isAtLeastRole } from "@/lib/model/roles";
import { logDefect } from "@/lib/server/lifecycle";
import { getRuntime, type Runtime } from "@/lib/server/runtime";
import { BodyError, readJsonBody } from "./json-body";
import { jsonResponse, type Problem, problemReply } from "./responses";

export interface Call<Query, Body> {
  readonly request: Request;
  readonly runtime: Runtime;
  readonly query: Query;
  /** Null where the endpoint takes none. */
  readonly body: Body;
  /** Path parameters, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Who asks; null where the endpoint asks for nobody. */
  readonly caller: Caller | null;
}

/** Somebody who was recognised and may not do this. */
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

/**
 * A handler for `endpoint`. What `answer` returns is sent as JSON, unless it is a `Response` already. `onForbidden`
 * is told of callers whose role is too small; the body is not read yet then.
 * Errors of `lib/model/errors.ts` become problems with their status.
 */
export function route<Query extends z.ZodType, Body extends z.ZodType | null>(
  endpoint: Endpoint<Query, Body>,
  answer: (call: Call<z.output<Query>, BodyOf<Body>>) => unknown,
  onForbidden?: (refusal: Refusal) => Promise<void>,
): (request: Request, context: Context) => Promise<Response> {
  return async (request, context) => {
    try {
      const runtime = getRuntime();
      if (!isAllowedHost(request.headers.get("host"), runtime.configuration))
        return problemReply(MISDIRECTED);
      if (endpoint.changes && runtime.configuration.readOnly) return problemReply(READ_ONLY);
      if (endpoint.method !== "GET" && !isOwnWrite(request.headers, runtime.configuration)) {
        return problemReply(FOREIGN);
      }
      const caller = await admit(endpoint, runtime, request, onForbidden);
      const query = parseQuery(endpoint.query, new URL(request.url).searchParams);
      const body = endpoint.body === null ? null : await readBody(endpoint, endpoint.body, request);
      const params = await context.params;
      const reply = await answer({ request, runtime, query, body: body as BodyOf<Body>, params, caller });
      return reply instanceof Response ? reply : await jsonResponse(request, reply, endpoint.status);
    } catch (error) {
      return problemReply(problemOf(error));
    }
  };
}

/** Who asks, where the endpoint takes a role. Throws what becomes 401 or 403. */
async function admit(
  { access }: Endpoint,
  runtime: Runtime,
  request: Request,
  onForbidden?: (refusal: Refusal) => Promise<void>,
): Promise<Caller | null> {
  if (access === "public" || access === "share") return null;
  const recognition = await runtime.access.recognise(request.headers);
  if (recognition.actor === null) {
    if (recognition.why === "noRole") throw new ForbiddenError("none of your groups has a role here");
    throw new NotSignedInError(
      recognition.why === "badToken" ? "this token is not known here" : "sign in, or send a token",
    );
  }
  const { actor } = recognition;
  if (!isAtLeastRole(actor.role, access)) {
    const reason = `this takes the role ${access}; yours is ${actor.role}`;
    await onForbidden?.({ runtime, request, actor, reason });
    throw new ForbiddenError(reason);
  }
  return recognition;
}

/** The caller of an endpoint that takes a role. */
export function actorOf({ caller }: Pick<Call<unknown, unknown>, "caller">): Actor {
  if (caller === null) throw new Error("this endpoint asks for nobody");
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
  title: "Read-only",
  detail: "This Memfleet is configured with readOnly: nothing can be changed here.",
  headers: { allow: "GET, HEAD" },
};

const FOREIGN: Problem = {
  status: 403,
  title: "Not from here",
  detail:
    "The browser says that another site sent this. If people reach this dashboard by another address, set publicUrl to it.",
};

const MISDIRECTED: Problem = {
  status: 421,
  title: "Host not allowed",
  detail: "This Host is neither loopback, nor the listen address, nor publicUrl, nor in allowedHosts.",
};

/** Repeated parameters become lists where the schema wants a list; a repeated single one is an error. */
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
 * The status and words of an error. Errors are told apart by name: the runtime and the handlers are separate
 * copies of a module, so `instanceof` between them does not hold.
 */
export function problemOf(error: unknown): Problem {
  if (error instanceof BodyError) return error.problem;
  const known = asNamedError(error);
  switch (known?.name) {
    case "InputError":
      return { status: 400, title: "Input not understood", detail: known.message, errors: known.problems };
    case "NotFoundError":
      return { status: 404, title: "Not found", detail: known.message };
    case "CapabilityError":
      return { status: 422, title: "Not possible on this node", detail: known.message };
    case "NotSignedInError":
      return {
        status: 401,
        title: "Not signed in",
        detail: known.message,
        headers: { "www-authenticate": 'Bearer realm="memfleet"' },
      };
    case "ForbiddenError":
      return { status: 403, title: "Not allowed", detail: known.message };
    case "ConflictError":
      return { status: 409, title: "Conflict", detail: known.message };
    case "TooManyError":
      return {
        status: 429,
        title: "Slow down",
        detail: known.message,
        headers: { "retry-after": String(known.retryAfterSeconds) },
      };
    case "UnavailableError":
      return { status: 503, title: "Not available now", detail: known.message };
    case "NodeError":
      return nodeProblem(known);
    default:
      logDefect(error);
      return { status: 500, title: "Internal error", detail: "Memfleet failed; its log says more." };
  }
}

function nodeProblem(error: NodeError): Problem {
  const silent = error.status === "down" || error.status === "timeout";
  return {
    status: silent ? 504 : 502,
    title: silent ? "The node did not answer" : "The node answered nonsense",
    detail: error.message,
    reason: error.reason,
  };
}
