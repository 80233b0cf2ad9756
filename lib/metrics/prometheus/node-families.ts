/** The rows of `node-metrics.ts` as metric families: names are resolved once, values read for each node. */
import { slotOf } from "@/lib/catalogue/stats";
import type { ClassStats } from "./class-stats";
import {
  CLASS_COLUMNS,
  type ClassGroup,
  GROUP_COLUMNS,
  type PlainGroup,
  parseSource,
  type Source,
  type StatSource,
} from "./columns";
import { labelValue } from "./labels";
import { CONDITIONS, type MetricRow, NODE_METRICS } from "./node-metrics";
import { type Family, type MetricType, sample } from "./text-format";

/** A node as input of the exposition. */
export interface NodeMetrics {
  /** `instance` and `namespace`, as formatted by `labelPairs`. */
  readonly labels: string;
  /** `instance`, `namespace`, `pool` and the pool's labels. */
  readonly infoLabels: string;
  /** Whether the newest poll succeeded. */
  readonly up: boolean;
  readonly version: string | null;
  /** Seconds since the newest sample; NaN before the first. */
  readonly ageSeconds: number;
  /** Response time of the newest poll, in seconds. */
  readonly latencySeconds: number;
  /** The newest sample, one number per slot of the stat catalogue; NaN when not reported. */
  sample(): Float64Array;
  /** A difference of counters that never falls while the server process lives. */
  steady(source: string, value: number): number;
  /** Stats of the slower groups without a class, in the order of `GROUP_COLUMNS`. */
  readonly groups: Readonly<Record<PlainGroup, Float64Array>>;
  readonly classes: Readonly<Record<ClassGroup, ClassStats>>;
}

type Read = (node: NodeMetrics) => number;

function plainRead(stat: StatSource): Read {
  if (stat.of === "class") throw new Error(`${stat.name} is a stat of slab classes`);
  const slot = stat.of === "stats" ? slotOf(stat.name) : GROUP_COLUMNS[stat.group].get(stat.name);
  if (slot === undefined) throw new Error(`the stat catalogue has no row named ${stat.name}`);
  if (stat.of === "stats") return (node) => node.sample()[slot] as number;
  const { group } = stat;
  return (node) => node.groups[group][slot] ?? Number.NaN;
}

/** The value; NaN when a part of it was not reported, or a part is greater than the whole. */
function plainValue({ anyOf }: Source): Read {
  const reads = anyOf.map(({ first, less }) => ({ first: plainRead(first), less: less.map(plainRead) }));
  return (node) => {
    for (const { first, less } of reads) {
      let value = first(node);
      for (const read of less) value -= read(node);
      if (value >= 0) return value;
    }
    return Number.NaN;
  };
}

type Write = (node: NodeMetrics) => string;

/** Lines of every slab class that reports the stat. */
function classWrite(name: string, extra: string, first: StatSource, less: readonly StatSource[]): Write {
  if (first.of !== "class") throw new Error(`${first.name} is not a stat of slab classes`);
  const { group } = first;
  const column = CLASS_COLUMNS[group].get(first.name) as number;
  const others = less.map(({ name: other }) => CLASS_COLUMNS[group].get(other) as number);
  const tail = extra === "" ? '"} ' : `",${extra}} `;
  return ({ labels, classes }) => {
    const stats = classes[group];
    const ids = stats.classes;
    let text = "";
    for (let index = 0; index < ids.length; index++) {
      let value = stats.at(index, column);
      for (const other of others) value -= stats.at(index, other);
      if (value >= 0) text += `${name}{${labels},slab="${ids[index]}${tail}${value}\n`;
    }
    return text;
  };
}

/** A writer for each alternative of the source. */
function writesOf(name: string, extra: string, text: string): Write[] {
  const source = parseSource(text);
  if (source.perClass) return source.anyOf.map(({ first, less }) => classWrite(name, extra, first, less));
  const difference = source.anyOf.some(({ less }) => less.length > 0);
  const read = plainValue(source);
  const value: Read = (node) => {
    const current = read(node);
    return difference && !Number.isNaN(current) ? node.steady(text, current) : current;
  };
  const tail = extra === "" ? "" : `,${extra}`;
  return [(node) => sample(name, `${node.labels}${tail}`, value(node))];
}

/** The family of a row. Nodes that are down have no lines rather than old values. */
function nodeFamily([name, types, sources, help, only]: MetricRow): Family<NodeMetrics> {
  const labelled = typeof sources === "string" ? [["", sources] as const] : sources;
  const alternatives = labelled.map(([extra, text]) => writesOf(name, extra, text));
  const condition = only === undefined ? null : CONDITIONS[only];
  const shown = condition === null ? null : plainValue(parseSource(condition.source));
  const hidden = (node: NodeMetrics) =>
    !node.up || (shown !== null && condition !== null && !condition.holds(shown(node)));
  return {
    name,
    help,
    type: (nodes) => {
      if (typeof types === "string") return types;
      const writes = alternatives[0] ?? [];
      const used = writes.findIndex((write) => nodes.some((node) => !hidden(node) && write(node) !== ""));
      return types[Math.max(0, used)] as MetricType;
    },
    lines: (node) => {
      if (hidden(node)) return "";
      let text = "";
      for (const writes of alternatives) {
        for (const write of writes) {
          const lines = write(node);
          text += lines;
          if (lines !== "") break;
        }
      }
      return text;
    },
  };
}

function gauge(
  name: string,
  help: string,
  lines: (node: NodeMetrics, name: string) => string,
): Family<NodeMetrics> {
  return { name, help, type: () => "gauge", lines: (node) => lines(node, name) };
}

/** Every metric of a node, including those that Memfleet adds. */
export const NODE_FAMILIES: readonly Family<NodeMetrics>[] = [
  gauge("memcached_up", "1 when the newest poll succeeded, else 0 (always present)", (node, name) =>
    sample(name, node.labels, node.up ? 1 : 0),
  ),
  gauge("memcached_version", "Constant 1; the version string is in the label", (node, name) =>
    node.up && node.version !== null
      ? sample(name, `${node.labels},version="${labelValue(node.version)}"`, 1)
      : "",
  ),
  ...NODE_METRICS.map(nodeFamily),
  gauge("memfleet_node_info", "Constant 1; the pool and its labels are in the labels", (node, name) =>
    sample(name, node.infoLabels, 1),
  ),
  gauge("memfleet_node_latency_seconds", "Round-trip time of the newest stats request", (node, name) =>
    sample(name, node.labels, node.up ? node.latencySeconds : Number.NaN),
  ),
  gauge("memfleet_node_sample_age_seconds", "Seconds since the newest sample of the node", (node, name) =>
    sample(name, node.labels, node.ageSeconds),
  ),
];
