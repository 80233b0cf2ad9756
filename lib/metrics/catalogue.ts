/** The metrics catalogue: every stat and derived metric, with the versions in the fleet that report it. */

import { MEASURED_STATS, STATS } from "@/lib/catalogue/stats";
import type { Catalogue } from "@/lib/model/node/inspection.schema";
import { DERIVED_METRICS, metricOf } from "./derive";

/** What one node reports: its version and its newest sample. */
export interface CatalogueEntry {
  readonly version: string | null;
  readonly sample: Float64Array;
}

export function catalogueOf(reports: Iterable<CatalogueEntry>): Catalogue {
  const versions = STATS.map(() => new Set<string>());
  for (const { version, sample } of reports) {
    if (version === null) continue;
    sample.forEach((value, slot) => {
      if (!Number.isNaN(value)) versions[slot]?.add(version);
    });
  }
  const collator = new Intl.Collator("en", { numeric: true });
  const stats = STATS.map((stat, slot) => ({
    name: stat.name,
    kind: stat.kind,
    unit: stat.unit,
    seriesUnit: metricOf(stat.name)?.unit ?? null,
    meaning: { en: stat.en, ja: stat.ja },
    versions: MEASURED_STATS.has(stat.name) ? [] : [...(versions[slot] ?? [])].sort(collator.compare),
  }));
  const derived = DERIVED_METRICS.map((metric) => ({
    name: metric.name,
    kind: "derived" as const,
    unit: metric.unit,
    seriesUnit: metric.unit,
    meaning: { en: metric.en, ja: metric.ja },
    versions: [],
  }));
  return { metrics: [...derived, ...stats] };
}
