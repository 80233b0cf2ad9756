/**
 * The browser's one fetch. Paths are same-origin below `/api/v1`. Replies are trusted to be what the server's
 * schemas say: the server validates them, so the page does not carry a validator.
 */

/** What `application/problem+json` says, and what the page needs when there was no answer at all. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  constructor(
    /** HTTP status; 0 when Memfleet itself could not be reached. */
    readonly status: number,
    readonly title: string,
    /** A sentence for the operator; may be empty. */
    readonly detail: string,
  ) {
    super(detail === "" ? title : detail);
  }
}

interface Problem {
  readonly title?: unknown;
  readonly detail?: unknown;
}

/** What a refusing answer says. */
export async function problemOf(response: Response): Promise<ApiError> {
  const problem: Problem = await response.json().catch(() => ({}));
  const title = typeof problem.title === "string" ? problem.title : response.statusText;
  const detail = typeof problem.detail === "string" ? problem.detail : "";
  return new ApiError(response.status, title, detail);
}

/** A path segment that may hold anything, such as a node's id. */
export function segment(text: string): string {
  return encodeURIComponent(text);
}

export type QueryValue = string | number | boolean | null | undefined | readonly string[];

/** `?a=1&b=2&b=3`; null and undefined are left out. */
export function queryString(values: Readonly<Record<string, QueryValue>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value === null || value === undefined) continue;
    if (typeof value === "object") for (const each of value) query.append(name, each);
    else query.append(name, String(value));
  }
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}

async function send(path: string, signal: AbortSignal | undefined, accept: string): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, { signal, headers: { accept } });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ApiError(0, "unreachable", "");
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

/** Reads JSON. Throws `ApiError`. */
export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await send(path, signal, "application/json");
  return (await response.json()) as T;
}

/** Reads plain text, or another kind of text. Throws `ApiError`. */
export async function getText(path: string, signal?: AbortSignal, accept = "text/plain"): Promise<string> {
  const response = await send(path, signal, accept);
  return response.text();
}

/** Sends a JSON body to a path of our own. Throws `ApiError`; an answer without content is undefined. */
export async function sendJson<T>(method: "POST" | "DELETE", path: string, body?: unknown): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers: { accept: "application/json", "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new ApiError(0, "unreachable", "");
  }
  if (!response.ok) throw await problemOf(response);
  return (response.status === 204 ? undefined : await response.json()) as T;
}
