/** A node under test without a dashboard around it. */

import { emptyValues } from "@/lib/catalogue/stats";
import { once } from "@/lib/concurrency/once";
import type { Check, Probe, ProbeTarget, RecentDeltas } from "@/lib/diagnostics/contract";
import { exposureOf } from "@/lib/diagnostics/probes/listeners/scopes";
import { runProbe } from "@/lib/diagnostics/run-probe";
import { readSharedStats } from "@/lib/diagnostics/shared-stats";
import type { NodeEndpoint } from "@/lib/memcached/contract";
import { createNodeClient } from "@/lib/memcached/node-client";
import { RecentCounters } from "@/lib/metrics/recent";
import type { UdpPayload } from "@/lib/model/findings/finding";
import { plainNode } from "../doubles/plain-node";

const DEADLINES = { connectTimeoutMs: 3_000, timeoutMs: 5_000 };

/** Nobody has watched it so far. */
export const UNWATCHED: RecentDeltas = { hour: new RecentCounters().lastMinute(0), restartsMs: [] };

/** The findings of `probes` for a real node by check name. Throws when one of them cannot read it. */
export async function diagnose(
  endpoint: NodeEndpoint,
  probes: readonly Probe[],
  more: Partial<Pick<ProbeTarget, "peers" | "recent">> & { udpPayload?: UdpPayload } = {},
): Promise<Map<string, Check>> {
  const client = createNodeClient(endpoint, DEADLINES);
  try {
    const { version } = await client.poll(emptyValues());
    const statements = once(() => readSharedStats(client));
    const target: ProbeTarget = {
      node: { id: endpoint.id, pool: "main", labels: {}, endpoint },
      view: plainNode({ id: endpoint.id, version }),
      client,
      peers: more.peers ?? (() => []),
      recent: more.recent ?? (async () => UNWATCHED),
      stats: statements,
      exposure: async () => exposureOf(await statements()),
    };
    const context = {
      nowMs: Date.now,
      signal: new AbortController().signal,
      udpPayload: more.udpPayload ?? "version",
    };
    const checks = new Map<string, Check>();
    for (const probe of probes) {
      const outcome = await runProbe(probe, target, context, (error) => {
        throw error;
      });
      if (outcome.kind === "inconclusive") throw new Error(`${probe.name}: ${outcome.reason}`);
      for (const check of outcome.checks) checks.set(check.check, check);
    }
    return checks;
  } finally {
    client.close();
  }
}
