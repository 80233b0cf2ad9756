/**
 * Prometheus' text format 0.0.4, page by page. Its rule that all samples of a metric stand together decides the order:
 * metric by metric, and node by node within each.
 */

export type MetricType = "counter" | "gauge";

/** The content type, exactly. Some counters do not end in `_total`, so OpenMetrics does not fit. */
export const CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** One metric over subjects of one kind. */
export interface Family<Subject> {
  readonly name: string;
  readonly help: string;
  /** One type for all of them on this page. */
  type(subjects: readonly Subject[]): MetricType;
  /** Whole lines of one subject; empty when it has none. */
  lines(subject: Subject): string;
}

/** A page is handed on when it has this many characters. */
const PAGE = 65_536;
/** So is one, however short, when this many subjects were looked at: nobody is kept waiting for what is not there. */
const CHECKED = 4_096;

/**
 * The families as text; a page may be empty. Takes the values when it comes to them, so that a slow reader costs no
 * memory.
 */
export function* pages<Subject>(
  families: readonly Family<Subject>[],
  subjects: readonly Subject[],
): Generator<string, void, undefined> {
  let page = "";
  let looked = 0;
  for (const family of families) {
    let opened = false;
    for (const subject of subjects) {
      const lines = family.lines(subject);
      if (lines !== "") {
        if (!opened) page += header(family, family.type(subjects));
        opened = true;
        page += lines;
      }
      if (page.length < PAGE && ++looked < CHECKED) continue;
      yield page;
      page = "";
      looked = 0;
    }
  }
  if (page !== "") yield page;
}

/** One sample; empty when the value is not known. `labels` are pairs as `labelPairs` gives them. */
export function sample(name: string, labels: string, value: number): string {
  if (Number.isNaN(value)) return "";
  return labels === "" ? `${name} ${value}\n` : `${name}{${labels}} ${value}\n`;
}

function header({ name, help }: { name: string; help: string }, type: MetricType): string {
  const escaped = help.replace(/[\\\n]/g, (mark) => (mark === "\n" ? "\\n" : "\\\\"));
  return `# HELP ${name} ${escaped}\n# TYPE ${name} ${type}\n`;
}
