/**
 * The stream behind `/api/v1/nodes/{node}/keys`: lines as the node sends them, and a last one with how the dump
 * ended. The stream ends when its reader leaves or may no longer read; the dump itself runs to its end.
 */
import "server-only";
import type { Metadump } from "@/lib/memcached/contract";
import { keyBytes } from "@/lib/memcached/key-bytes";
import { asNamedError } from "@/lib/model/errors";
import type { KeysQuery } from "@/lib/model/http/queries";
import type { Runtime } from "@/lib/server/runtime";
import { closeQuietly, watchReader } from "../sse";
import { KeyLineBuffer } from "./key-line-buffer";

export type KeySource = Pick<Runtime, "directory" | "access" | "onStop">;

/**
 * Resolves when the node begins to respond.
 * @throws InputError, NotFoundError, ConflictError, CapabilityError, NodeError
 */
export async function keyListStream(
  runtime: KeySource,
  request: Request,
  node: string,
  { prefix, keyEncoding, limit }: KeysQuery,
): Promise<Response> {
  const buffer = new KeyLineBuffer(limit);
  const dump = await runtime.directory.record(node).client.metadump({
    prefix: prefix === "" ? Buffer.alloc(0) : keyBytes(prefix, keyEncoding, "prefix"),
    onItem: buffer.onItem,
  });
  return new Response(streamOf(runtime, request, buffer, dump), {
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
  buffer: KeyLineBuffer,
  dump: Metadump,
): ReadableStream<Uint8Array> {
  dump.ended.then(
    () => buffer.end(dump, null),
    (error) => buffer.end(dump, asNamedError(error)?.message ?? "Memfleet failed; see the server log"),
  );
  const ended = new AbortController();
  const end = () => ended.abort();
  const stopWatching = watchReader(runtime, request, "operator", end);
  const close = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    dump.stop();
    stopWatching();
    closeQuietly(controller);
  };
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        ended.signal.addEventListener("abort", () => close(controller), { once: true });
      },
      async pull(controller) {
        const lines = await buffer.take();
        if (ended.signal.aborted) return;
        if (lines === null) end();
        else controller.enqueue(lines);
      },
      cancel: end,
    },
    { highWaterMark: 0 },
  );
}
