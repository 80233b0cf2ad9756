/** One bounded HTTP exchange with the engine. Redirects are not followed: the secrets are for this address alone. */

export interface HttpExchange {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer> | string;
  readonly timeoutMs: number;
  /** Largest answer that is read, in bytes. */
  readonly largestBytes: number;
  /** Ends it early. */
  readonly stop?: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
  readonly headers: Headers;
}

/** There was no complete answer. The message says why, for an operator; it repeats nothing that was sent. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

/** Posts `body`. @throws NoAnswer */
export async function post({
  url,
  headers,
  body,
  timeoutMs,
  largestBytes,
  stop,
}: HttpExchange): Promise<Answer> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = stop === undefined ? timeout : AbortSignal.any([timeout, stop]);
  try {
    const request = { method: "POST", headers, body, redirect: "manual", cache: "no-store", signal } as const;
    const response = await fetch(url, request);
    const { status, headers: answered } = response;
    return { status, headers: answered, body: await readBounded(response, largestBytes) };
  } catch (error) {
    if (error instanceof NoAnswer) throw error;
    throw new NoAnswer(timeout.aborted ? `no complete answer within ${timeoutMs} ms` : reasonOf(error));
  }
}

async function readBounded(response: Response, largestBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > largestBytes) throw new NoAnswer(`an answer of more than ${largestBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The code alone: messages may repeat what was sent. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof Error && cause.message === "bad port") return "no HTTP is spoken to this port";
  const first = cause instanceof AggregateError ? cause.errors[0] : cause;
  const code = first instanceof Error && "code" in first ? first.code : null;
  return typeof code === "string" ? code : "the connection failed";
}

/** The beginning of what an engine said, in one line. */
export function errorMessageIn(body: Buffer): string {
  return body
    .toString("utf8", 0, 2_000)
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim()
    .slice(0, 300);
}
