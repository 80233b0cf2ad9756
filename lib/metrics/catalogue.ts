/** The metrics catalogue: every stat and derived metric, with the versions in the fleet that report it. */

import { MEASURED_STATS, NO_DESCRIPTION, STATS } from "@/lib/catalogue/stats";
import type { Catalogue } from "@/lib/model/node/inspection.schema";
import { DERIVED_METRICS, metricOf } from "./derive";

/** What one node reports: its version and its newest sample. */
export interface CatalogueEntry {
  readonly version: string | null;
  readonly sample: Float64Array;
  /** Names that it reports and the catalogue of stats does not have. */
  readonly unlisted?: readonly string[];
}

/** Most names of the fleet that the catalogue of stats does not have. */
const MAX_UNLISTED = 200;

export function catalogueOf(reports: Iterable<CatalogueEntry>): Catalogue {
  const versions = STATS.map(() => new Set<string>());
  const unlisted = new Map<string, Set<string>>();
  for (const { version, sample, unlisted: names = [] } of reports) {
    for (const name of names) {
      const known = unlisted.get(name);
      if (known === undefined && unlisted.size < MAX_UNLISTED) unlisted.set(name, new Set([version ?? ""]));
      else known?.add(version ?? "");
    }
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
  const others = [...unlisted].map(([name, reporting]) => ({
    name,
    kind: "gauge" as const,
    unit: "none" as const,
    seriesUnit: null,
    meaning: { ...NO_DESCRIPTION },
    versions: [...reporting].filter((version) => version !== "").sort(collator.compare),
  }));
  return { metrics: [...derived, ...stats, ...others] };
}
