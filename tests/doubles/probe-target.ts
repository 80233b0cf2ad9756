/** A configured node for probes, with its own client. */

import type { StatsGroup } from "@/lib/catalogue/stats-groups";
import type { ProbeContext, ProbeTarget, SharedStats } from "@/lib/diagnostics/contract";
import { exposureOf } from "@/lib/diagnostics/probes/listeners/scopes";
import type { NodeEndpoint } from "@/lib/memcached/contract";
import { createNodeClient } from "@/lib/memcached/node-client";
import type { UdpPayload } from "@/lib/model/findings/finding";
import { plainNode } from "./plain-node";

const PATIENT = { connectTimeoutMs: 5_000, timeoutMs: 10_000 };

/** The node at `endpoint`. Given values replace what it reports itself. */
export function probeTarget(
  endpoint: NodeEndpoint,
  statements: Partial<SharedStats> | null = null,
): ProbeTarget {
  const client = createNodeClient(endpoint, PATIENT);
  let pending: Promise<SharedStats> | null = null;
  const state = (): Promise<SharedStats> => {
    pending ??=
      statements === null
        ? readStats(endpoint)
        : Promise.resolve({ general: null, settings: null, conns: null, problem: {}, ...statements });
    return pending;
  };
  return {
    node: { id: endpoint.id, pool: "main", labels: {}, endpoint },
    view: plainNode({ id: endpoint.id }),
    client,
    peers: () => [],
    recent: () => Promise.reject(new Error("nothing was observed of this node")),
    stats: state,
    exposure: async () => exposureOf(await state()),
  };
}

export function probeContext(
  udpPayload: UdpPayload = "version",
  signal: AbortSignal = new AbortController().signal,
): ProbeContext {
  return { nowMs: Date.now, signal, udpPayload };
}

async function readStats(endpoint: NodeEndpoint): Promise<SharedStats> {
  const client = createNodeClient(endpoint, PATIENT);
  const problem: Record<string, string> = {};
  const group = async (name: StatsGroup): Promise<ReadonlyMap<string, string> | null> => {
    try {
      return new Map(await client.stats(name));
    } catch (error) {
      problem[name] = error instanceof Error ? error.message : String(error);
      return null;
    }
  };
  try {
    const general = await group("general");
    const settings = await group("settings");
    return { general, settings, conns: await group("conns"), problem };
  } finally {
    client.close();
  }
}
