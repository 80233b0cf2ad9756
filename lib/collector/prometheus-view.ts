/** A node record as the Prometheus exposition reads it. */
import { labelPairs, poolLabels, sampleLabels } from "@/lib/metrics/prometheus/labels";
import type { NodeMetrics } from "@/lib/metrics/prometheus/node-families";
import { NO_FACTS } from "./node-facts";
import type { Instant, NodeRecord } from "./node-record";

/** Facts older than this are no longer exported. */
const FACTS_VALID_MS = 180_000;

/** The node now. `sample` is read when it is written, so that it is the newest then. */
export function prometheusView(record: NodeRecord, { monoMs }: Instant, pollIntervalMs: number): NodeMetrics {
  const { node, status, version, latencyMs } = record;
  const validMs = Math.max(FACTS_VALID_MS, 3 * pollIntervalMs);
  const facts = monoMs - record.factsReadMonoMs <= validMs ? record.facts : NO_FACTS;
  const labels = sampleLabels(node);
  return {
    labels: labelPairs(labels),
    infoLabels: labelPairs(new Map([...labels, ...poolLabels(node)])),
    up: status === "up",
    version,
    ageSeconds: record.sampledMs === null ? Number.NaN : (monoMs - record.sampledMonoMs) / 1000,
    latencySeconds: latencyMs === null ? Number.NaN : latencyMs / 1000,
    sample: () => record.sample(),
    steady: (source, value) => record.steady(source, value),
    groups: { settings: facts.settings, slabs: facts.slabTotals },
    classes: { items: facts.items, slabs: facts.slabs },
  };
}
