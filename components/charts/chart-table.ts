/** The values of a chart as a table: summaries for the text alternative, and CSV. */
import type { ChartData, ChartLine } from "./chart-data";

export interface LineSummary {
  readonly line: ChartLine;
  readonly first: number | null;
  readonly last: number | null;
  readonly min: number | null;
  readonly max: number | null;
  /** Buckets in which nothing was observed. */
  readonly gaps: number;
}

/** First, last, least and greatest value of each line; all null for a line without values. */
export function summarise(data: Pick<ChartData, "lines">): LineSummary[] {
  return data.lines.map((line) => {
    const observed = line.values.filter((value) => value !== null);
    return {
      line,
      first: observed[0] ?? null,
      last: observed.at(-1) ?? null,
      min: observed.length === 0 ? null : observed.reduce((low, value) => Math.min(low, value)),
      max: observed.length === 0 ? null : observed.reduce((high, value) => Math.max(high, value)),
      gaps: line.values.length - observed.length,
    };
  });
}

/**
 * CSV (RFC 4180) of a chart: start and end of each bucket in ISO 8601 UTC, then one column per line in plain
 * units (bytes, seconds, ratios 0..1). What was not observed is an empty cell.
 */
export function chartCsv(data: ChartData): string {
  const name = (line: ChartLine) => [line.metric, line.node].filter((part) => part !== null).join(" ");
  const head = [
    "from",
    "to",
    ...data.lines.map((line) => (line.node === null ? `${line.metric} ${line.label}` : name(line))),
  ];
  const rows = data.atMs.map((at, index) => [
    new Date(at).toISOString(),
    new Date(at + data.stepMs).toISOString(),
    ...data.lines.map((line) => line.values[index] ?? null),
  ]);
  return csv([head, ...rows]);
}

/** CSV text with CRLF line ends. */
export function csv(rows: readonly (readonly (string | number | null)[])[]): string {
  return rows.map((row) => `${row.map(csvCell).join(",")}\r\n`).join("");
}

/**
 * One cell. Text that a spreadsheet would run as a formula (OWASP, "CSV Injection": starting with = + - @, tab
 * or carriage return) gets an apostrophe in front; numbers are written as they are.
 */
export function csvCell(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const safe = /^[=+\-@\t\r\n＝＋－＠]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
