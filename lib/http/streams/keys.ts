/**
 * The stream behind `/api/v1/nodes/{node}/keys`: lines as they come from the node, and a last one that tells how it
 * ended. A reader that leaves, or may no longer read, ends the stream; the dump itself goes on to its end.
 */
import "server-only";
import type { Metadump } from "@/lib/memcached/contract";
import { keyBytes } from "@/lib/memcached/key-bytes";
import { asNamedError } from "@/lib/model/errors";
import type { KeysQuery } from "@/lib/model/http/queries";
import type { Runtime } from "@/lib/server/runtime";
import { KeyLineBuffer } from "./key-line-buffer";

/** What of the runtime a list takes. */
export type KeySource = Pick<Runtime, "record" | "access" | "onStop">;

/** How often it is asked whether the reader may still read. */
const ADMIT_AGAIN_MS = 10_000;

/**
 * Resolves when the node has begun to answer.
 * @throws InputError, NotFoundError, ConflictError, CapabilityError, NodeError
 */
export async function keyListStream(
  runtime: KeySource,
  request: Request,
  node: string,
  { prefix, keyEncoding, limit }: KeysQuery,
): Promise<Response> {
  const list = new KeyLineBuffer(limit);
  const dump = await runtime.record(node).client.metadump({
    prefix: prefix === "" ? Buffer.alloc(0) : keyBytes(prefix, keyEncoding, "prefix"),
    onItem: list.onItem,
  });
  return new Response(streamOf(runtime, request, list, dump), {
    headers: {
      "content-type": "application/x-ndjson; charset=utf-8",
      "cache-control": "no-store, no-transform",
      "x-accel-buffering": "no",
      "x-content-type-options": "nosniff",
    },
  });
}

function streamOf(
  runtime: KeySource,
  request: Request,
  list: KeyLineBuffer,
  dump: Metadump,
): ReadableStream<Uint8Array> {
  dump.ended.then(
    () => list.end(dump, null),
    (error) => list.end(dump, asNamedError(error)?.message ?? "Memfleet failed; its log says more"),
  );
  const over = new AbortController();
  const end = () => over.abort();
  const admission = setInterval(() => {
    // Not knowing is not being allowed.
    runtime.access.recognise(request.headers).then(({ actor }) => actor === null && end(), end);
  }, ADMIT_AGAIN_MS);
  const stopStop = runtime.onStop(end);
  request.signal.addEventListener("abort", end, { once: true });
  if (request.signal.aborted) end();
  const settle = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    dump.stop();
    clearInterval(admission);
    stopStop();
    request.signal.removeEventListener("abort", end);
    try {
      controller.close();
    } catch {
      // The reader has closed it already.
    }
  };
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        if (over.signal.aborted) settle(controller);
        else over.signal.addEventListener("abort", () => settle(controller), { once: true });
      },
      async pull(controller) {
        const lines = await list.take();
        if (over.signal.aborted) return;
        if (lines === null) end();
        else controller.enqueue(lines);
      },
      cancel: end,
    },
    { highWaterMark: 0 },
  );
}
