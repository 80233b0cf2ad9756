/**
 * Nodes from Prometheus HTTP SD: `GET` with a 200 and JSON response. An empty list in such a response is credible;
 * anything else is a failure. Redirects are not followed, because the secrets are for this address only.
 */

import { describeSystemError } from "@/lib/catalogue/system-errors";
import type { HttpSdSettings } from "@/lib/config/contract";
import { type DiscoveryResult, type DiscoverySource, MAX_LIST_BYTES, SourceUnavailable } from "./contract";
import { readTargetGroups } from "./target-groups";
import { TargetList } from "./target-list";

export function openHttpSd(settings: HttpSdSettings): DiscoverySource {
  let last: { readonly body: Buffer; readonly result: DiscoveryResult } | null = null;
  return {
    async read(signal) {
      const body = await fetchBody(settings, signal);
      if (last === null || !last.body.equals(body)) {
        last = { body, result: parseBody(body, settings.refreshMs) };
      }
      return last.result;
    },
  };
}

function parseBody(body: Buffer, ttlMs: number): DiscoveryResult {
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch {
    throw new SourceUnavailable("the response is not JSON");
  }
  const list = new TargetList();
  readTargetGroups(value, list, { unix: false });
  return { targets: list.targets, problems: list.problems, ttlMs };
}

async function fetchBody({ url, headers, refreshMs }: HttpSdSettings, signal: AbortSignal): Promise<Buffer> {
  const standardHeaders = {
    accept: "application/json",
    "x-prometheus-refresh-interval-seconds": String(refreshMs / 1_000),
  };
  try {
    const request = {
      headers: { ...standardHeaders, ...headers },
      redirect: "manual",
      cache: "no-store",
      signal,
    } as const;
    const response = await fetch(url, request);
    if (response.status !== 200) {
      await response.body?.cancel();
      const redirect = response.status >= 300 && response.status < 400 ? " (redirects are not followed)" : "";
      throw new SourceUnavailable(`HTTP status ${response.status}${redirect}`);
    }
    return await readBounded(response);
  } catch (error) {
    throw error instanceof SourceUnavailable
      ? error
      : new SourceUnavailable(signal.aborted ? "timeout" : describeSystemError(error));
  }
}

async function readBounded(response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > MAX_LIST_BYTES) throw new SourceUnavailable(`response larger than ${MAX_LIST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
