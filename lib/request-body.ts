/** JSON bodies: the right type, at most 64 kB, read no further than that. */
import type { Problem } from "./reply";

const LIMIT_BYTES = 64 * 1024;

/** A body that is not looked into. */
export class BodyError extends Error {
  override readonly name = "BodyError";
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
}

/**
 * The parsed body; data, whatever its keys are called.
 * @throws BodyError with 415, 413 or 400
 */
export async function readJsonBody(request: Request): Promise<unknown> {
  const type = (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json") {
    throw new BodyError({
      status: 415,
      title: "Not JSON",
      detail: "The body has to be JSON, with Content-Type: application/json.",
    });
  }
  const text = await readText(request);
  try {
    return JSON.parse(text);
  } catch {
    throw new BodyError({
      status: 400,
      title: "Input not understood",
      detail: "The body is not valid JSON.",
    });
  }
}

async function readText(request: Request): Promise<string> {
  const tooLarge = () =>
    new BodyError({
      status: 413,
      title: "Too large",
      detail: `The body is larger than ${LIMIT_BYTES} bytes.`,
    });
  if (Number(request.headers.get("content-length") ?? 0) > LIMIT_BYTES) throw tooLarge();
  const reader = request.body?.getReader();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for (;;) {
    const { done = true, value } = (await reader?.read()) ?? {};
    if (done || value === undefined) break;
    bytes += value.length;
    if (bytes > LIMIT_BYTES) {
      await reader?.cancel();
      throw tooLarge();
    }
    chunks.push(value);
  }
  return Buffer.concat(chunks).toString("utf8");
}
