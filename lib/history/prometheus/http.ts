/** One bounded HTTP exchange with the engine. Redirects are not followed, because the secrets are for this address only. */
import { describeSystemError } from "@/lib/catalogue/system-errors";

interface HttpExchange {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer> | string;
  readonly timeoutMs: number;
  /** Limit of the response, in bytes. */
  readonly maxBytes: number;
  /** Aborts the exchange. */
  readonly stop?: AbortSignal;
}

export interface EngineResponse {
  readonly status: number;
  readonly body: Buffer;
  readonly headers: Headers;
}

/** There was no complete response. The message is for operators and repeats nothing that was sent. */
export class EngineError extends Error {
  override readonly name = "EngineError";
}

/** Posts `body`. @throws EngineError */
export async function post({
  url,
  headers,
  body,
  timeoutMs,
  maxBytes,
  stop,
}: HttpExchange): Promise<EngineResponse> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = stop === undefined ? timeout : AbortSignal.any([timeout, stop]);
  try {
    const request = { method: "POST", headers, body, redirect: "manual", cache: "no-store", signal } as const;
    const response = await fetch(url, request);
    const { status } = response;
    return { status, headers: response.headers, body: await readBounded(response, maxBytes) };
  } catch (error) {
    if (error instanceof EngineError) throw error;
    throw new EngineError(
      timeout.aborted ? `no response within ${timeoutMs} ms` : describeSystemError(error),
    );
  }
}

async function readBounded(response: Response, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > maxBytes) throw new EngineError(`response larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** A web page, such as a sign-in page or a proxy's error, where an engine was expected. */
export function isWebPage({ headers, body }: EngineResponse): boolean {
  const type = headers.get("content-type") ?? "";
  return (
    /\bx?html\b/i.test(type) ||
    /^\s*\ufeff?\s*<(?:!doctype|!--|\?xml|html|head|body)/i.test(body.toString("utf8", 0, 512))
  );
}

/** The beginning of an error message of the engine, in one line. */
export function errorMessageIn(body: Buffer): string {
  return body
    .toString("utf8", 0, 2_000)
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim()
    .slice(0, 300);
}
