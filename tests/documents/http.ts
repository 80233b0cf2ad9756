/** HTTP requests that the documents show, checked against the endpoints. */
import type { z } from "zod";
import { ACTION_INPUTS, actionInputSchema } from "@/lib/model/actions/action.schema";
import { ENDPOINTS, type Endpoint } from "@/lib/model/http/endpoints";
import type { Command } from "./shell";

const ALL: readonly Endpoint[] = Object.values(ENDPOINTS);
/** Options of curl that take a value. */
const WITH_VALUE = new Set(["-H", "-o", "-X", "-d", "--json", "-b", "-c", "-u"]);

/** The endpoints whose path matches, whatever the method. `{name}` in either path matches one segment. */
function endpointsAt(path: string): Endpoint[] {
  const wanted = path.split("/");
  return ALL.filter((endpoint) => {
    const segments = endpoint.path.split("/");
    const fits = (segment: string, index: number) =>
      segment === wanted[index] || (/^\{\w+\}$/.test(segment) && (wanted[index] ?? "") !== "");
    return segments.length === wanted.length && segments.every(fits);
  });
}

/** An exact path before one with a placeholder: `/api/v1/diagnostics/posture` is not a run's id. */
function bestMatch(endpoints: readonly Endpoint[], path: string): Endpoint | undefined {
  return endpoints.find((endpoint) => endpoint.path === path) ?? endpoints[0];
}

/** What is wrong with a request named in the text, such as `GET /api/v1/fleet` or `/metrics`; null when nothing. */
export function problemOfMention(mention: string): string | null {
  const [, method, target = ""] = /^(?:([A-Z]+) )?(\/\S*)$/.exec(mention) ?? [];
  const [path = "", query] = target.split("?");
  const endpoints = endpointsAt(path).filter((each) => method === undefined || each.method === method);
  if (endpoints.length === 0) return `${mention}: no such endpoint`;
  if (query === undefined || query.includes("…")) return null;
  const endpoint = bestMatch(endpoints, path);
  const names = [...new URLSearchParams(query).keys()];
  const known = endpoint === undefined ? [] : Object.keys(shapeOf(endpoint.query));
  const unknown = names.filter((name) => !known.includes(name));
  return unknown.length === 0 ? null : `${mention}: no such parameter: ${unknown.join(", ")}`;
}

/** What is wrong with a `curl` command that calls Memfleet; null when nothing. */
export function problemOfCurl({ args }: Command): string | null {
  const { url, method, body } = readCurl(args);
  if (url === null) return `curl without an address: ${args.join(" ")}`;
  const path = decodeURIComponent(url.pathname);
  const endpoint = bestMatch(
    endpointsAt(path).filter((each) => each.method === method),
    path,
  );
  if (endpoint === undefined) return `${method} ${path}: no such endpoint`;
  const query = endpoint.query.safeParse(queryOf(endpoint.query, url.searchParams));
  if (!query.success) return `${method} ${url.pathname}${url.search}: ${query.error.message}`;
  if (endpoint.body === null) return body === null ? null : `${method} ${path} takes no body`;
  return problemOfBody(endpoint.body, body ?? "");
}

function problemOfBody(schema: z.ZodType, text: string): string | null {
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch {
    return `not JSON: ${text}`;
  }
  const parsed = schema.safeParse(input);
  if (!parsed.success) return `${text}: ${parsed.error.message}`;
  const action = actionInputSchema.safeParse(input);
  if (!action.success) return null;
  const details = ACTION_INPUTS[action.data.kind].safeParse(action.data.input);
  return details.success ? null : `${text}: ${details.error.message}`;
}

function readCurl(args: readonly string[]) {
  let url: URL | null = null;
  let method = "GET";
  let body: string | null = null;
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? "";
    const value = args[index + 1] ?? "";
    if (WITH_VALUE.has(arg)) index++;
    if (arg === "-X") method = value;
    if (arg === "--json" || arg === "-d") {
      body = value;
      method = "POST";
    }
    if (!arg.startsWith("-") && !WITH_VALUE.has(args[index - 1] ?? "")) {
      url = new URL(arg.includes("://") ? arg : `http://${arg}`);
    }
  }
  return { url, method, body };
}

function shapeOf(schema: z.ZodType): Readonly<Record<string, z.ZodType>> {
  return "shape" in schema ? (schema.shape as Record<string, z.ZodType>) : {};
}

/** Parameters as the schema wants them: a list where it has a list, else one text. */
function queryOf(schema: z.ZodType, search: URLSearchParams): Record<string, unknown> {
  const shape = shapeOf(schema);
  return Object.fromEntries(
    [...new Set(search.keys())].map((name) => {
      const values = search.getAll(name);
      const takesList = shape[name]?.safeParse(values).success === true;
      return [name, takesList ? values : values[0]];
    }),
  );
}
