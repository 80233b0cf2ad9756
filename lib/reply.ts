/** Answers: JSON with ETag, problems, plain text. */
import { createHash } from "node:crypto";
import type { InputProblem } from "@/lib/model/errors";

/** A JSON answer; 304 when the caller has it already. Next compresses it on the way out. */
export function jsonReply(request: Request, body: unknown): Response {
  const text = JSON.stringify(body);
  const etag = `"${createHash("sha1").update(text).digest("base64url")}"`;
  const headers = { "content-type": "application/json; charset=utf-8", "cache-control": "no-cache", etag };
  const known = request.headers.get("if-none-match");
  const has = known?.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag) ?? false;
  return has ? new Response(null, { status: 304, headers }) : new Response(text, { headers });
}

export function textReply(text: string, status = 200): Response {
  return new Response(text, {
    status,
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "no-cache",
      "x-content-type-options": "nosniff",
    },
  });
}

export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly errors?: readonly InputProblem[];
  /** Code of a `NodeError`, to match on. */
  readonly reason?: string;
}

/** RFC 9457. */
export function problemReply(problem: Problem): Response {
  const type = `urn:memfleet:problem:${problem.title.toLowerCase().replaceAll(" ", "-")}`;
  return new Response(JSON.stringify({ type, ...problem }), {
    status: problem.status,
    headers: { "content-type": "application/problem+json; charset=utf-8", "cache-control": "no-store" },
  });
}
