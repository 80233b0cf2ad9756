/** Builds PromQL: selectors with quoted values, and lists of nodes split to a length that engines accept. */

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

/** VictoriaMetrics accepts 16 kB of query by default, and a query may contain the list of nodes twice. */
const MAX_LIST_CHARACTERS = 6_000;
/** With more alternatives engines no longer use their index. */
const MAX_NODES = 100;
/** Values in one response, so that parsing it does not block the event loop for long. */
const MAX_VALUES = 200_000;

/** Groups of nodes for one query each; `values`: values per node in a response. */
export function groupsOf(nodes: readonly string[], values: number): string[][] {
  const limit = Math.max(1, Math.min(MAX_NODES, Math.floor(MAX_VALUES / Math.max(1, values))));
  const groups: string[][] = [];
  let group: string[] = [];
  let length = 0;
  for (const node of nodes) {
    const size = quoted(literal(node)).length;
    if (group.length > 0 && (group.length >= limit || length + size > MAX_LIST_CHARACTERS)) {
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
