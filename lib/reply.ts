/** Answers: JSON with ETag and compression, problems, plain text. */
import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { InputProblem } from "@/lib/model/errors";

const compress = promisify(gzip);
/** Smaller answers are not worth compressing. */
const COMPRESS_FROM_BYTES = 1_024;

/** A JSON answer; 304 when the caller has it already. */
export async function jsonReply(request: Request, body: unknown): Promise<Response> {
  const text = JSON.stringify(body);
  const etag = `"${createHash("sha1").update(text).digest("base64url")}"`;
  const headers = new Headers({
    "content-type": "application/json; charset=utf-8",
    "cache-control": "no-cache",
    vary: "accept-encoding",
    etag,
  });
  const known = request.headers.get("if-none-match");
  if (known?.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag)) {
    return new Response(null, { status: 304, headers });
  }
  if (text.length < COMPRESS_FROM_BYTES || !accepts(request, "gzip")) return new Response(text, { headers });
  headers.set("content-encoding", "gzip");
  return new Response(new Uint8Array(await compress(text, { level: 4 })), { headers });
}

function accepts(request: Request, encoding: string): boolean {
  const accepted = request.headers.get("accept-encoding") ?? "";
  return accepted
    .split(",")
    .some((part) => part.trim().split(";")[0] === encoding && !/;\s*q=0(\.0*)?$/.test(part.trim()));
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
