/**
 * Server-sent events to one reader. A reader that falls behind is disconnected rather than buffered without bound;
 * so is one that may no longer read.
 */
import "server-only";
import { isAtLeastRole, type Role } from "@/lib/model/roles";
import type { Runtime } from "@/lib/server/runtime";

/** How often the event `alive` is sent. Pages open a stream again that is silent for four times as long. */
const KEEP_ALIVE_MS = 5_000;
/** How often a stream checks its reader again: a session that ended ends its streams. */
const ADMIT_AGAIN_MS = 10_000;
/** Bytes a reader may lag behind. */
const LAG_LIMIT = 8 * 1024 * 1024;

export interface SseWriter {
  send(event: string, data: unknown): void;
  /** Ends the stream. */
  end(): void;
}

/**
 * The response to `request`, written by `begin`, which returns the way to stop writing. Ends with the reader, with the
 * process, and when the reader no longer has the role `least`.
 */
export function sseResponse(
  runtime: Runtime,
  request: Request,
  least: Role,
  begin: (reader: SseWriter) => () => void,
): Response {
  let end = () => {};
  const stream = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        end = write(controller, (onEnd) => watchReader(runtime, request, least, onEnd), begin);
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

/**
 * Calls `end` when the reader disconnects, the process stops, or the reader no longer has the role `least`; a failed
 * check counts as no. Returns the way to stop watching.
 */
export function watchReader(
  runtime: Pick<Runtime, "access" | "onStop">,
  request: Request,
  least: Role,
  end: () => void,
): () => void {
  const admission = setInterval(() => {
    runtime.access.authenticate(request.headers).then(({ actor }) => {
      if (actor === null || !isAtLeastRole(actor.role, least)) end();
    }, end);
  }, ADMIT_AGAIN_MS);
  const stopListening = runtime.onStop(end);
  request.signal.addEventListener("abort", end, { once: true });
  if (request.signal.aborted) queueMicrotask(end);
  return () => {
    clearInterval(admission);
    stopListening();
    request.signal.removeEventListener("abort", end);
  };
}

function write(
  controller: ReadableStreamDefaultController<Uint8Array>,
  watch: (end: () => void) => () => void,
  begin: (reader: SseWriter) => () => void,
): () => void {
  const encoder = new TextEncoder();
  let stop = () => {};
  let ended = false;
  const end = () => {
    if (ended) return;
    ended = true;
    clearInterval(keepAlive);
    stopWatching();
    stop();
    closeQuietly(controller);
  };
  const writeText = (text: string) => {
    if (ended) return;
    if ((controller.desiredSize ?? 0) <= 0) end();
    else controller.enqueue(encoder.encode(text));
  };
  const send = (event: string, data: unknown) =>
    writeText(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  // An event and not a comment: a page does not see comments, and could not tell that nothing arrives any longer.
  const keepAlive = setInterval(() => send("alive", {}), KEEP_ALIVE_MS);
  const stopWatching = watch(end);
  stop = begin({ send, end });
  if (ended) stop();
  return end;
}

/** Closes a stream that its reader may already have closed. */
export function closeQuietly(controller: ReadableStreamDefaultController<Uint8Array>): void {
  try {
    controller.close();
  } catch {
    // The reader has closed it.
  }
}

/** Ends a stream whose subject has ended: after the event `end`, reconnecting would bring nothing new. */
export function finish(reader: SseWriter): void {
  reader.send("end", {});
  reader.end();
}

interface Gathered {
  /** Sends now what is pending. */
  flush(): void;
  stop(): void;
}

/** Calls `send` at most every `ms` milliseconds, and only after `subscribe` has reported a change. */
export function gathered(
  subscribe: (onChange: () => void) => () => void,
  ms: number,
  send: () => void,
): Gathered {
  let pending = false;
  const unsubscribe = subscribe(() => {
    pending = true;
  });
  const flush = () => {
    if (!pending) return;
    pending = false;
    send();
  };
  const timer = setInterval(flush, ms);
  return {
    flush,
    stop() {
      clearInterval(timer);
      unsubscribe();
    },
  };
}
