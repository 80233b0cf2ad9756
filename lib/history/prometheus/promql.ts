/** PromQL by parts: selectors with every value quoted, and long lists of nodes cut to a length that engines take. */

/** A matcher of one label: equal to the only value, or to any of several. */
export function matcher(label: string, values: readonly string[]): string {
  if (values.length === 1) return `${label}=${quoted(values[0] as string)}`;
  return `${label}=~${quoted(values.map(literal).join("|"))}`;
}

export function selector(metric: string, matchers: readonly string[]): string {
  return `${metric}{${matchers.join()}}`;
}

/** `name="value"` of each label. */
export function equalTo(labels: Readonly<Record<string, string>>): string[] {
  return Object.entries(labels).map(([name, value]) => `${name}=${quoted(value)}`);
}

/** A text as a PromQL string: its escapes are those of JSON. */
export function quoted(text: string): string {
  return JSON.stringify(text.toWellFormed());
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

/** VictoriaMetrics takes 16 kB of query by default, and a list of nodes may stand in it twice. */
const LONGEST_LIST = 6_000;
/** More alternatives than this are no longer looked up one by one. */
const MOST_NODES = 100;
/** Values in one answer, so that reading it holds up nobody for long. */
const MOST_VALUES = 200_000;

/** The nodes in groups for one question each; `values` is how many an answer holds for each node. */
export function groupsOf(nodes: readonly string[], values: number): string[][] {
  const most = Math.max(1, Math.min(MOST_NODES, Math.floor(MOST_VALUES / Math.max(1, values))));
  const groups: string[][] = [];
  let group: string[] = [];
  let length = 0;
  for (const node of nodes) {
    const size = quoted(literal(node)).length;
    if (group.length > 0 && (group.length >= most || length + size > LONGEST_LIST)) {
      groups.push(group);
      group = [];
      length = 0;
    }
    group.push(node);
    length += size;
  }
  if (group.length > 0) groups.push(group);
  return groups;
}
