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

/**
 * How long a reply may take, in milliseconds: a proxy may drop a request without an answer. Writes
 * may have to reach many nodes first; a stream may be quiet while a node is read.
 */
const DEADLINES_MS = { read: 30_000, write: 60_000, quiet: 300_000 } as const;

/** A controller that aborts when `signal` does; `AbortSignal.any` is too new for some browsers. */
function abortedWith(signal: AbortSignal | null | undefined): AbortController {
  const controller = new AbortController();
  const abort = () => controller.abort(signal?.reason);
  if (signal?.aborted) abort();
  signal?.addEventListener("abort", abort, { once: true });
  return controller;
}

const unreachable = () => new ApiError(0, "unreachable", "");

/** Requests `url` and reads the reply. Throws `ApiError`, also when the deadline has passed. */
async function request<Reply>(
  url: string,
  init: RequestInit,
  deadlineMs: number,
  read: (response: Response) => Promise<Reply>,
): Promise<Reply> {
  const late = abortedWith(init.signal);
  const timer = setTimeout(() => late.abort(), deadlineMs);
  try {
    const response = await fetch(url, { ...init, signal: late.signal });
    if (!response.ok) throw await readProblem(response);
    return await read(response);
  } catch (cause) {
    if (cause instanceof ApiError || init.signal?.aborted) throw cause;
    // Neither the network nor the deadline has spoken: the reply itself is not what was asked for.
    if (cause instanceof SyntaxError) throw cause;
    throw unreachable();
  } finally {
    clearTimeout(timer);
  }
}

/** Reads JSON from `path` below `base`. Throws `ApiError`. */
export async function getJson<T>(path: string, signal?: AbortSignal, base = API): Promise<T> {
  const init = { signal, headers: { accept: "application/json" } };
  return request(`${base}${path}`, init, DEADLINES_MS.read, async (reply) => (await reply.json()) as T);
}

/** Reads text of the media type `accept`. Throws `ApiError`. */
export async function getText(path: string, accept: string): Promise<string> {
  return request(apiUrl(path), { headers: { accept } }, DEADLINES_MS.read, (reply) => reply.text());
}

/** Sends a JSON body to `path` below `base`. Throws `ApiError`; a reply without content is undefined. */
export async function sendJson<T>(
  method: "POST" | "DELETE",
  path: string,
  body?: unknown,
  base = API,
): Promise<T> {
  const init = {
    method,
    headers: { accept: "application/json", "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  };
  return request(
    `${base}${path}`,
    init,
    DEADLINES_MS.write,
    async (reply) => (reply.status === 204 ? undefined : await reply.json()) as T,
  );
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
  const quiet = abortedWith(signal);
  const body = await request(
    apiUrl(path),
    { signal: quiet.signal },
    DEADLINES_MS.quiet,
    async (reply) => reply.body,
  );
  const splitter = new LineSplitter();
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const next = () => {
    clearTimeout(timer);
    timer = setTimeout(() => quiet.abort(unreachable()), DEADLINES_MS.quiet);
    return reader?.read();
  };
  try {
    for (let part = await next(); part?.value !== undefined; part = await next()) {
      yield splitter.push(part.value).map((line) => JSON.parse(line) as T);
    }
  } finally {
    clearTimeout(timer);
    await reader?.cancel();
  }
}
