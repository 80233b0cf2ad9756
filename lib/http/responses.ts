/** Answers: JSON with ETag, problems, plain text. */
import { createHash } from "node:crypto";
import type { InputProblem } from "@/lib/model/errors";

/** A JSON answer; 304 when the caller has it already. Next compresses it on the way out. */
export function jsonResponse(request: Request, body: unknown, status = 200): Response {
  const text = JSON.stringify(body);
  const etag = `"${createHash("sha1").update(text).digest("base64url")}"`;
  const headers = { "content-type": "application/json; charset=utf-8", "cache-control": "no-cache", etag };
  const known = request.headers.get("if-none-match");
  const has = known?.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag) ?? false;
  if (has && status === 200) return new Response(null, { status: 304, headers });
  return new Response(text, { status, headers });
}

/** A JSON answer with cached data in it, which no browser or proxy keeps. */
export function noStoreResponse(body: unknown): Response {
  return new Response(JSON.stringify(body), {
    headers: {
      "content-type": "application/json; charset=utf-8",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    },
  });
}

/** Bytes of anybody's making, to be saved and never shown. `filename`: letters, digits, `.`, `_` and `-`. */
export function attachmentResponse(bytes: Uint8Array, filename: string): Response {
  return new Response(new Uint8Array(bytes), {
    headers: {
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename="${filename}"`,
      "content-length": String(bytes.length),
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    },
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

/** Whether the caller asks for CSV rather than JSON. */
export function wantsCsv(request: Request): boolean {
  return /\btext\/csv\b/.test(request.headers.get("accept") ?? "");
}

export function csvResponse(text: string, filename: string): Response {
  return new Response(text, {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": `attachment; filename="${filename}"`,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    },
  });
}

/** JSON as a file, indented. */
export function jsonFileResponse(body: unknown, filename: string): Response {
  return new Response(`${JSON.stringify(body, null, 2)}\n`, {
    headers: {
      "content-type": "application/json; charset=utf-8",
      "content-disposition": `attachment; filename="${filename}"`,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    },
  });
}

/** No content, with cookies to set. */
export function emptyResponse(cookies: readonly string[] = []): Response {
  return withCookies(new Response(null, { status: 204, headers: { "cache-control": "no-store" } }), cookies);
}

/** Sends the browser elsewhere. `location` is a path of ours or an address that we made. */
export function redirectReply(location: string, cookies: readonly string[] = []): Response {
  const headers = { location, "cache-control": "no-store" };
  return withCookies(new Response(null, { status: 303, headers }), cookies);
}

export function withCookies(response: Response, cookies: readonly string[]): Response {
  for (const cookie of cookies) response.headers.append("set-cookie", cookie);
  return response;
}

export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly errors?: readonly InputProblem[];
  /** Code of a `NodeError`, to match on. */
  readonly reason?: string;
  /** Sent as headers, not as part of the body. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** RFC 9457. */
export function problemReply({ headers, ...problem }: Problem): Response {
  const type = `urn:memfleet:problem:${problem.title.toLowerCase().replaceAll(" ", "-")}`;
  return new Response(JSON.stringify({ type, ...problem }), {
    status: problem.status,
    headers: {
      ...headers,
      "content-type": "application/problem+json; charset=utf-8",
      "cache-control": "no-store",
    },
  });
}
