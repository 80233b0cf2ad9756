/**
 * Nodes by HTTP, in Prometheus' HTTP SD form: `GET` answered with 200 and JSON. An empty list in such an answer
 * is believed; anything else is no answer. Redirects are not followed: the secrets are for this address alone.
 */

import type { HttpSdSettings } from "@/lib/config/contract";
import {
  type DiscoveryResult,
  type DiscoverySource,
  LARGEST_LIST_BYTES,
  SourceUnavailable,
} from "./contract";
import { readTargetGroups } from "./target-groups";
import { TargetList } from "./target-list";

export function openHttpSd(settings: HttpSdSettings): DiscoverySource {
  let before: { readonly body: Buffer; readonly answer: DiscoveryResult } | null = null;
  return {
    async ask(signal) {
      const body = await fetchBody(settings, signal);
      if (before === null || !before.body.equals(body)) {
        before = { body, answer: readBody(body, settings.refreshMs) };
      }
      return before.answer;
    },
  };
}

function readBody(body: Buffer, holdsMs: number): DiscoveryResult {
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch {
    throw new SourceUnavailable("the answer is not JSON");
  }
  const list = new TargetList();
  readTargetGroups(value, list, { unix: false });
  return { targets: list.targets, problems: list.faults, ttlMs: holdsMs };
}

async function fetchBody({ url, headers, refreshMs }: HttpSdSettings, signal: AbortSignal): Promise<Buffer> {
  const own = {
    accept: "application/json",
    "x-prometheus-refresh-interval-seconds": String(refreshMs / 1_000),
  };
  try {
    const request = {
      headers: { ...own, ...headers },
      redirect: "manual",
      cache: "no-store",
      signal,
    } as const;
    const response = await fetch(url, request);
    if (response.status !== 200) {
      await response.body?.cancel();
      const redirect =
        response.status >= 300 && response.status < 400 ? ", and redirects are not followed" : "";
      throw new SourceUnavailable(`answered with status ${response.status}${redirect}`);
    }
    return await readBounded(response);
  } catch (error) {
    throw error instanceof SourceUnavailable ? error : new SourceUnavailable(reasonOf(error, signal));
  }
}

async function readBounded(response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > LARGEST_LIST_BYTES)
      throw new SourceUnavailable(`an answer of more than ${LARGEST_LIST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The code alone: messages may repeat what was sent. */
function reasonOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return "no complete answer in time";
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  // The Fetch standard blocks some ports, so that nobody speaks HTTP to a mail server.
  if (cause instanceof Error && cause.message === "bad port") return "no HTTP is spoken to this port";
  const first = cause instanceof AggregateError ? cause.errors[0] : cause;
  const code = first instanceof Error && "code" in first ? first.code : null;
  return typeof code === "string" ? code : "the connection failed";
}
