/**
 * Requests from the browser to `/api/v1`, all of them through the one `fetch` below. Replies have the shapes of the
 * server's schemas; the page carries no validator.
 */

const API = "/api/v1";

/** An `application/problem+json` reply, or no reply at all. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  constructor(
    /** HTTP status; 0 when Memfleet could not be reached. */
    readonly status: number,
    readonly title: string,
    /** A sentence for the operator; may be empty. */
    readonly detail: string,
  ) {
    super(detail === "" ? title : detail);
  }
}

/** One path segment of any text, such as a node's id. */
export function segment(text: string): string {
  return encodeURIComponent(text);
}

export type QueryValue = string | number | boolean | null | undefined | readonly string[];

/** `?a=1&b=2&b=3`, without values that are null or undefined. */
export function queryString(values: Readonly<Record<string, QueryValue>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value === null || value === undefined) continue;
    if (typeof value === "object") for (const item of value) query.append(name, item);
    else query.append(name, String(value));
  }
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}

/** The address of a path below `/api/v1`, for downloads and event streams. */
export function apiUrl(path: string): string {
  return `${API}${path}`;
}

interface Problem {
  readonly title?: unknown;
  readonly detail?: unknown;
}

async function readProblem(response: Response): Promise<ApiError> {
  const problem: Problem = await response.json().catch(() => ({}));
  const title = typeof problem.title === "string" ? problem.title : response.statusText;
  const detail = typeof problem.detail === "string" ? problem.detail : "";
  return new ApiError(response.status, title, detail);
}

async function request(url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    throw new ApiError(0, "unreachable", "");
  }
  if (!response.ok) throw await readProblem(response);
  return response;
}

/** Reads JSON from `path` below `base`. Throws `ApiError`. */
export async function getJson<T>(path: string, signal?: AbortSignal, base = API): Promise<T> {
  const response = await request(`${base}${path}`, { signal, headers: { accept: "application/json" } });
  return (await response.json()) as T;
}

/** Reads text of the media type `accept`. Throws `ApiError`. */
export async function getText(path: string, accept: string): Promise<string> {
  const response = await request(apiUrl(path), { headers: { accept } });
  return response.text();
}

/** Sends a JSON body to `path` below `base`. Throws `ApiError`; a reply without content is undefined. */
export async function sendJson<T>(
  method: "POST" | "DELETE",
  path: string,
  body?: unknown,
  base = API,
): Promise<T> {
  const response = await request(`${base}${path}`, {
    method,
    headers: { accept: "application/json", "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return (response.status === 204 ? undefined : await response.json()) as T;
}

/** Splits streamed text into lines; an incomplete line waits for the next chunk. */
export class LineSplitter {
  private rest = "";

  push(text: string): string[] {
    const lines = (this.rest + text).split("\n");
    this.rest = lines.pop() ?? "";
    return lines.filter((line) => line !== "");
  }
}

/** Reads a stream of JSON lines, in groups as they arrive. Throws `ApiError`. */
export async function* streamLines<T>(path: string, signal: AbortSignal): AsyncGenerator<T[]> {
  const { body } = await request(apiUrl(path), { signal });
  const splitter = new LineSplitter();
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
      yield splitter.push(part.value).map((line) => JSON.parse(line) as T);
    }
  } finally {
    await reader?.cancel();
  }
}
