/**
 * The wrapper around every route handler: host, input, call, error to status. An error it does not know is
 * logged and answered with 500 and no detail.
 */
import "server-only";
import type { z } from "zod";
import { isAllowedHost } from "@/lib/fleet/hosts";
import type { Endpoint } from "@/lib/model/endpoints";
import { asNamedError, InputError, type InputProblem, type NodeError } from "@/lib/model/errors";
import { logDefect } from "./process";
import { jsonReply, type Problem, problemReply } from "./reply";
import { getRuntime, type Runtime } from "./runtime";

export interface Call<Query> {
  readonly request: Request;
  readonly runtime: Runtime;
  readonly query: Query;
  /** Path parameters, decoded. */
  readonly params: Readonly<Record<string, string>>;
}

type Context = { params: Promise<Record<string, string>> };

/**
 * A handler for `endpoint`. What `answer` returns is sent as JSON, unless it is a `Response` already.
 * Errors of `lib/model/errors.ts` become problems with their status.
 */
export function route<Query extends z.ZodType>(
  endpoint: Endpoint<Query>,
  answer: (call: Call<z.infer<Query>>) => unknown,
): (request: Request, context: Context) => Promise<Response> {
  return async (request, context) => {
    try {
      const runtime = getRuntime();
      if (!isAllowedHost(request.headers.get("host"), runtime.configuration))
        return problemReply(MISDIRECTED);
      const query = parseQuery(endpoint.query, new URL(request.url).searchParams);
      const body = await answer({ request, runtime, query, params: await context.params });
      return body instanceof Response ? body : jsonReply(request, body);
    } catch (error) {
      return problemReply(problemOf(error));
    }
  };
}

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
  const known = asNamedError(error);
  switch (known?.name) {
    case "InputError":
      return { status: 400, title: "Input not understood", detail: known.message, errors: known.problems };
    case "NotFoundError":
      return { status: 404, title: "Not found", detail: known.message };
    case "CapabilityError":
      return { status: 422, title: "Not possible on this node", detail: known.message };
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
