/** A record as the metrics see it. */
import { labelPairs, poolLabels, sampleLabels } from "@/lib/metrics/prometheus/labels";
import type { NodeMetrics } from "@/lib/metrics/prometheus/node-families";
import { NO_FACTS } from "./node-facts";
import type { Instant, NodeRecord } from "./node-record";

/** Facts that could not be read again for this long are not shown as if they still held. */
const FACTS_VALID_MS = 180_000;

/** Figures of a node now. Samples are read later, when they are written: then they are the newest. */
export function prometheusView(record: NodeRecord, { monoMs }: Instant, pollIntervalMs: number): NodeMetrics {
  const { node, status, version, latencyMs } = record;
  const holdMs = Math.max(FACTS_VALID_MS, 3 * pollIntervalMs);
  const facts = monoMs - record.factsReadMonoMs <= holdMs ? record.facts : NO_FACTS;
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
