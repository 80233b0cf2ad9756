/**
 * Prometheus text format 0.0.4, page by page. The format requires all samples of a metric together, so the order is
 * metric by metric, and node by node within each.
 */

export type MetricType = "counter" | "gauge";

/** Exact content type. Some counters do not end in `_total`, so OpenMetrics does not fit. */
export const CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** One metric over subjects of one kind. */
export interface Family<Subject> {
  readonly name: string;
  readonly help: string;
  /** One type for all subjects. */
  type(subjects: readonly Subject[]): MetricType;
  /** Complete lines of one subject; empty without a sample. */
  lines(subject: Subject): string;
}

/** A page ends at this many characters. */
const PAGE_CHARACTERS = 65_536;
/** A page also ends after this many subjects, so that subjects without samples do not block the event loop. */
const PAGE_SUBJECTS = 4_096;

/**
 * The families as text; a page may be empty. Values are read when they are written, so that a slow reader costs no
 * memory.
 */
export function* pages<Subject>(
  families: readonly Family<Subject>[],
  subjects: readonly Subject[],
): Generator<string, void, undefined> {
  let page = "";
  let visited = 0;
  for (const family of families) {
    let opened = false;
    for (const subject of subjects) {
      const lines = family.lines(subject);
      if (lines !== "") {
        if (!opened) page += header(family, family.type(subjects));
        opened = true;
        page += lines;
      }
      if (page.length < PAGE_CHARACTERS && ++visited < PAGE_SUBJECTS) continue;
      yield page;
      page = "";
      visited = 0;
    }
  }
  if (page !== "") yield page;
}

/** One sample; empty for NaN. `labels` as formatted by `labelPairs`. */
export function sample(name: string, labels: string, value: number): string {
  if (Number.isNaN(value)) return "";
  return labels === "" ? `${name} ${value}\n` : `${name}{${labels}} ${value}\n`;
}

function header({ name, help }: { name: string; help: string }, type: MetricType): string {
  const escaped = help.replace(/[\\\n]/g, (character) => (character === "\n" ? "\\n" : "\\\\"));
  return `# HELP ${name} ${escaped}\n# TYPE ${name} ${type}\n`;
}
