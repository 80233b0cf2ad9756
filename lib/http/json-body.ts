/** Reads JSON bodies of the right type, and no more than 64 kB or what the endpoint allows. */
import type { LargeBody } from "@/lib/model/http/endpoints";
import type { Problem } from "./responses";

const LIMIT_BYTES = 64 * 1024;
const NO_LARGE_BODY: LargeBody = { bytes: LIMIT_BYTES, allows: () => false };

/** A body that is rejected before it is validated. */
export class BodyError extends Error {
  override readonly name = "BodyError";
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
}

/**
 * The parsed body.
 * @throws BodyError with 415, 413 or 400
 */
export async function readJsonBody(request: Request, large = NO_LARGE_BODY): Promise<unknown> {
  const type = (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json") {
    throw new BodyError({
      status: 415,
      type: "not-json",
      title: "Not JSON",
      detail: "Send JSON with Content-Type: application/json.",
    });
  }
  const bytes = await readBytes(request, large.bytes);
  const input = parseJson(bytes);
  if (bytes.length > LIMIT_BYTES && !large.allows(input)) throw tooLarge(LIMIT_BYTES);
  if (input !== undefined) return input;
  throw new BodyError({
    status: 400,
    type: "input-not-understood",
    title: "Invalid input",
    detail: "The body is not valid JSON.",
  });
}

/** Undefined when the bytes are not JSON. */
function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
}

function tooLarge(limit: number): BodyError {
  return new BodyError({
    status: 413,
    type: "too-large",
    title: "Too large",
    detail: `The body is larger than ${limit} bytes.`,
  });
}

async function readBytes(request: Request, limit: number): Promise<Buffer> {
  if (Number(request.headers.get("content-length") ?? 0) > limit) throw tooLarge(limit);
  const reader = request.body?.getReader();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for (;;) {
    const { done = true, value } = (await reader?.read()) ?? {};
    if (done || value === undefined) break;
    bytes += value.length;
    if (bytes > limit) {
      await reader?.cancel();
      throw tooLarge(limit);
    }
    chunks.push(value);
  }
  return Buffer.concat(chunks);
}
