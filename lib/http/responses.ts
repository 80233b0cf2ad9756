/** Responses: JSON with ETag, problems, text, attachments. */
import { createHash } from "node:crypto";
import type { InputProblem } from "@/lib/model/errors";

export const JSON_TYPE = "application/json; charset=utf-8";
export const CSV_TYPE = "text/csv; charset=utf-8";

/** No browser or proxy keeps the response, and none guesses another type. */
export const NO_STORE = { "cache-control": "no-store", "x-content-type-options": "nosniff" } as const;

/** A JSON reply; 304 when the caller already has it. Next compresses it on the way out. */
export function jsonResponse(request: Request, body: unknown, status = 200): Response {
  const text = JSON.stringify(body);
  const etag = `"${createHash("sha1").update(text).digest("base64url")}"`;
  const headers = { "content-type": JSON_TYPE, "cache-control": "no-cache", etag };
  const sent = request.headers.get("if-none-match");
  const matches = sent?.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag) ?? false;
  if (matches && status === 200) return new Response(null, { status: 304, headers });
  return new Response(text, { status, headers });
}

/** A JSON reply that contains cached data. */
export function noStoreResponse(body: unknown): Response {
  return new Response(JSON.stringify(body), { headers: { "content-type": JSON_TYPE, ...NO_STORE } });
}

/** Headers of a reply that browsers save. `filename`: letters, digits, `.`, `_` and `-`. */
export function attachment(type: string, filename: string): Record<string, string> {
  return { "content-type": type, "content-disposition": `attachment; filename="${filename}"` };
}

/** Bytes that anybody may have stored: saved by the browser, never shown. */
export function attachmentResponse(bytes: Uint8Array, filename: string): Response {
  const headers = { ...attachment("application/octet-stream", filename), ...NO_STORE };
  return new Response(new Uint8Array(bytes), {
    headers: { ...headers, "content-length": String(bytes.length) },
  });
}

export function textResponse(text: string, status = 200): Response {
  return new Response(text, {
    status,
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "no-cache",
      "x-content-type-options": "nosniff",
    },
  });
}

/** Whether the caller prefers CSV to JSON. */
export function wantsCsv(request: Request): boolean {
  return /\btext\/csv\b/.test(request.headers.get("accept") ?? "");
}

export function csvResponse(text: string, filename: string): Response {
  return new Response(text, { headers: { ...attachment(CSV_TYPE, filename), ...NO_STORE } });
}

/** JSON as a file, indented. */
export function jsonFileResponse(body: unknown, filename: string): Response {
  const headers = { ...attachment(JSON_TYPE, filename), ...NO_STORE };
  return new Response(`${JSON.stringify(body, null, 2)}\n`, { headers });
}

/** No content, with cookies to set. */
export function emptyResponse(cookies: readonly string[] = []): Response {
  return withCookies(new Response(null, { status: 204, headers: { "cache-control": "no-store" } }), cookies);
}

/** Redirects the browser. `location`: a path of this site or an address that the server built. */
export function redirectResponse(location: string, cookies: readonly string[] = []): Response {
  const headers = { location, "cache-control": "no-store" };
  return withCookies(new Response(null, { status: 303, headers }), cookies);
}

export function withCookies(response: Response, cookies: readonly string[]): Response {
  for (const cookie of cookies) response.headers.append("set-cookie", cookie);
  return response;
}

export interface Problem {
  readonly status: number;
  /** Last part of the problem's URN, to match on. It stays when the title is reworded. */
  readonly type: string;
  readonly title: string;
  readonly detail: string;
  readonly errors?: readonly InputProblem[];
  /** Code of a `NodeError`, to match on. */
  readonly reason?: string;
  /** Sent as headers, not as part of the body. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** RFC 9457. */
export function problemResponse({ headers, type, ...problem }: Problem): Response {
  return new Response(JSON.stringify({ type: `urn:memfleet:problem:${type}`, ...problem }), {
    status: problem.status,
    headers: {
      ...headers,
      "content-type": "application/problem+json; charset=utf-8",
      "cache-control": "no-store",
    },
  });
}
