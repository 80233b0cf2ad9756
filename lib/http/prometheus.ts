/**
 * `/metrics` and `/scrape` as answers: pages written one at a time, each when the reader has taken the one before.
 * No node is asked for anything: what is handed out is what the collector has.
 */
import "server-only";
import { NODE_FAMILIES } from "@/lib/metrics/prometheus/node-families";
import { OWN_FAMILIES } from "@/lib/metrics/prometheus/own-metrics";
import { CONTENT_TYPE, pages } from "@/lib/metrics/prometheus/text-format";
import { logDefect } from "@/lib/server/lifecycle";
import type { Runtime } from "@/lib/server/runtime";

/** Memfleet itself and every node. */
export async function metricsResponse(runtime: Runtime): Promise<Response> {
  const own = await runtime.ownMetrics();
  return textReply(both(pages(OWN_FAMILIES, [own]), pages(NODE_FAMILIES, runtime.prometheusNodes())));
}

/** @throws NotFoundError for a node that is not configured */
export function scrapeResponse(runtime: Runtime, target: string): Response {
  return textReply(pages(NODE_FAMILIES, [runtime.prometheusNode(target)]));
}

function* both(first: Iterable<string>, second: Iterable<string>): Generator<string, void, undefined> {
  yield* first;
  yield* second;
}

function textReply(text: Generator<string, void, undefined>): Response {
  return new Response(streamed(text), {
    headers: {
      "content-type": CONTENT_TYPE,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    },
  });
}

function streamed(text: Generator<string, void, undefined>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let left = false;
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          for (let page = ""; page === ""; ) {
            // Polls and other callers have their turn between two pages.
            await new Promise(setImmediate);
            if (left) return;
            const next = text.next();
            if (next.done) return controller.close();
            page = next.value;
            if (page !== "") controller.enqueue(encoder.encode(page));
          }
        } catch (error) {
          logDefect(error);
          controller.error(error);
        }
      },
      cancel() {
        left = true;
        text.return();
      },
    },
    { highWaterMark: 0 },
  );
}
