/** The rows of `node-metrics.ts` made ready to be written: names resolved once, values read for each node. */
import { slotOf } from "@/lib/catalogue/stats";
import type { ClassMetrics } from "./class-figures";
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

/** A node as the metrics see it. */
export interface NodeMetrics {
  /** `instance` and `namespace`, as `labelPairs` gives them. */
  readonly labels: string;
  /** `instance`, `namespace`, `pool` and the pool's labels. */
  readonly infoLabels: string;
  /** Whether the newest poll succeeded. */
  readonly up: boolean;
  readonly version: string | null;
  /** Seconds since the newest sample; NaN before the first. */
  readonly ageSeconds: number;
  /** How long it took to answer, in seconds. */
  readonly latencySeconds: number;
  /** The newest sample, one number per slot of the stat catalogue; NaN for what was not reported. */
  sample(): Float64Array;
  /** A difference of counters, kept from falling while the server's process lives. */
  steady(source: string, value: number): number;
  /** Plain figures of the slower groups, in the order of `GROUP_COLUMNS`. */
  readonly groups: Readonly<Record<PlainGroup, Float64Array>>;
  readonly classes: Readonly<Record<ClassGroup, ClassMetrics>>;
}

type Read = (node: NodeMetrics) => number;

function plainRead(figure: StatSource): Read {
  if (figure.of === "class") throw new Error(`${figure.name} is a figure of slab classes`);
  const known = figure.of === "stats" ? slotOf(figure.name) : GROUP_COLUMNS[figure.group].get(figure.name);
  if (known === undefined) throw new Error(`the stat catalogue has no row named ${figure.name}`);
  if (figure.of === "stats") return (node) => node.sample()[known] as number;
  const { group } = figure;
  return (node) => node.groups[group][known] ?? Number.NaN;
}

/** The value, or NaN when a part of it was not reported. */
function plainValue({ anyOf }: Source): Read {
  const ways = anyOf.map(({ first, less }) => ({ first: plainRead(first), less: less.map(plainRead) }));
  return (node) => {
    for (const { first, less } of ways) {
      let value = first(node);
      for (const one of less) value -= one(node);
      if (!Number.isNaN(value)) return value;
    }
    return Number.NaN;
  };
}

type Write = (node: NodeMetrics) => string;

/** Lines of every slab class that reports the figure. */
function classWrite(name: string, extra: string, first: StatSource, less: readonly StatSource[]): Write {
  if (first.of !== "class") throw new Error(`${first.name} is no figure of slab classes`);
  const { group } = first;
  const column = CLASS_COLUMNS[group].get(first.name) as number;
  const others = less.map((figure) => CLASS_COLUMNS[group].get(figure.name) as number);
  const tail = extra === "" ? '"} ' : `",${extra}} `;
  return ({ labels, classes }) => {
    const figures = classes[group];
    const ids = figures.classes;
    let text = "";
    for (let index = 0; index < ids.length; index++) {
      let value = figures.at(index, column);
      for (const other of others) value -= figures.at(index, other);
      if (!Number.isNaN(value)) text += `${name}{${labels},slab="${ids[index]}${tail}${value}\n`;
    }
    return text;
  };
}

/** One way of writing for each alternative of the source. */
function writesOf(name: string, extra: string, text: string): Write[] {
  const source = parseSource(text);
  if (source.perClass) return source.anyOf.map(({ first, less }) => classWrite(name, extra, first, less));
  const difference = source.anyOf.some(({ less }) => less.length > 0);
  const read = plainValue(source);
  const value: Read = (node) => {
    const now = read(node);
    return difference && !Number.isNaN(now) ? node.steady(text, now) : now;
  };
  const tail = extra === "" ? "" : `,${extra}`;
  return [(node) => sample(name, `${node.labels}${tail}`, value(node))];
}

/** A family of a row. Nodes that are down have no lines: better nothing than old values. */
export function nodeFamily([name, types, sources, help, only]: MetricRow): Family<NodeMetrics> {
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

function own(
  name: string,
  help: string,
  lines: (node: NodeMetrics, name: string) => string,
): Family<NodeMetrics> {
  return { name, help, type: () => "gauge", lines: (node) => lines(node, name) };
}

/** Every metric of a node, ours included. */
export const NODE_FAMILIES: readonly Family<NodeMetrics>[] = [
  own("memcached_up", "1 when the newest poll succeeded, else 0 (always present)", (node, name) =>
    sample(name, node.labels, node.up ? 1 : 0),
  ),
  own("memcached_version", "Constant 1; the version string is in the label", (node, name) =>
    node.up && node.version !== null
      ? sample(name, `${node.labels},version="${labelValue(node.version)}"`, 1)
      : "",
  ),
  ...NODE_METRICS.map(nodeFamily),
  own("memfleet_node_info", "Constant 1; the node's pool and its labels", (node, name) =>
    sample(name, node.infoLabels, 1),
  ),
  own(
    "memfleet_node_latency_seconds",
    "Time the node took to answer the newest stats request",
    (node, name) => sample(name, node.labels, node.up ? node.latencySeconds : Number.NaN),
  ),
  own("memfleet_node_sample_age_seconds", "Seconds since the node last answered", (node, name) =>
    sample(name, node.labels, node.ageSeconds),
  ),
];
