/**
 * `/metrics` and `/scrape`: written a page at a time, each when the reader has taken the one before. No node is
 * polled for them: they show what the collector has.
 */
import "server-only";
import { NODE_FAMILIES } from "@/lib/metrics/prometheus/node-families";
import { OWN_FAMILIES } from "@/lib/metrics/prometheus/own-metrics";
import { CONTENT_TYPE, pages } from "@/lib/metrics/prometheus/text-format";
import type { Runtime } from "@/lib/server/runtime";
import { textStream } from "./text-stream";

/** Memfleet itself and every node. */
export async function metricsResponse(runtime: Runtime): Promise<Response> {
  const own = await runtime.ownMetrics();
  return pagedResponse(pages(OWN_FAMILIES, [own]), pages(NODE_FAMILIES, runtime.prometheusNodes()));
}

/** @throws NotFoundError for a node that is not configured */
export function scrapeResponse(runtime: Runtime, target: string): Response {
  return pagedResponse(pages(NODE_FAMILIES, [runtime.prometheusNode(target)]));
}

function pagedResponse(...parts: Iterable<string>[]): Response {
  return textStream(yielding(parts), { "content-type": CONTENT_TYPE });
}

/** Gives polls and other requests a chance to run between two pages. */
async function* yielding(parts: readonly Iterable<string>[]): AsyncGenerator<string> {
  for (const part of parts) {
    for (const page of part) {
      await new Promise(setImmediate);
      if (page !== "") yield page;
    }
  }
}
