/**
 * Server-sent events to one reader. A reader that does not keep up is disconnected rather than buffered without
 * bound; one that may not read any longer is too.
 */
import "server-only";
import { isAtLeastRole, type Role } from "@/lib/model/roles";
import type { Runtime } from "@/lib/server/runtime";

const KEEP_ALIVE_MS = 15_000;
/** How often it is asked whether the reader may still read: a session that ended ends its streams. */
const ADMIT_AGAIN_MS = 10_000;
/** Bytes a reader may lag behind. */
const LAG_LIMIT = 8 * 1024 * 1024;

export interface SseWriter {
  send(event: string, data: unknown): void;
  /** Ends the stream. */
  end(): void;
}

/**
 * The answer to `request`, fed by `begin`, which returns the way to stop feeding. Ends with the reader, with the
 * process, and when the reader has the role `least` no longer.
 */
export function sseResponse(
  runtime: Runtime,
  request: Request,
  least: Role,
  begin: (reader: SseWriter) => () => void,
): Response {
  const mayRead = async () => {
    const { actor } = await runtime.access.recognise(request.headers);
    return actor !== null && isAtLeastRole(actor.role, least);
  };
  let end = () => {};
  const stream = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        end = feed(runtime, controller, mayRead, begin);
        request.signal.addEventListener("abort", end, { once: true });
      },
      cancel() {
        end();
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: LAG_LIMIT }),
  );
  return new Response(stream, {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache, no-transform",
      "x-accel-buffering": "no",
    },
  });
}

function feed(
  runtime: Runtime,
  controller: ReadableStreamDefaultController<Uint8Array>,
  mayRead: () => Promise<boolean>,
  begin: (reader: SseWriter) => () => void,
): () => void {
  const encoder = new TextEncoder();
  let stop = () => {};
  let ended = false;
  const end = () => {
    if (ended) return;
    ended = true;
    clearInterval(keepAlive);
    clearInterval(admission);
    stop();
    stopStop();
    try {
      controller.close();
    } catch {
      // Already closed by the reader: there is nobody left to tell.
    }
  };
  const write = (text: string) => {
    if (ended) return;
    if ((controller.desiredSize ?? 0) <= 0) end();
    else controller.enqueue(encoder.encode(text));
  };
  const keepAlive = setInterval(() => write(": keep-alive\n\n"), KEEP_ALIVE_MS);
  const admission = setInterval(() => {
    // Not knowing is not being allowed: the browser asks again, and is told then.
    mayRead().then(
      (may) => {
        if (!may) end();
      },
      () => end(),
    );
  }, ADMIT_AGAIN_MS);
  const stopStop = runtime.onStop(() => end());
  const send = (event: string, data: unknown) => write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  stop = begin({ send, end });
  if (ended) stop();
  return end;
}
