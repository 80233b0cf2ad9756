/** How much the nodes of a pool differ in load, version and memory limit. Pure. */
import { median } from "@/lib/metrics/ratio";
import type { Node } from "@/lib/model/node/node.schema";

export interface LoadSkew {
  /** Busiest node divided by the median node; null when the median is 0. */
  readonly factor: number | null;
  readonly busiest: string;
  /** Gets per second. */
  readonly max: number;
  readonly median: number;
}

/** Compares the busiest node with the median one by gets per second. Null below two nodes that report it. */
export function loadSkew(nodes: readonly Node[]): LoadSkew | null {
  const reporting = nodes.flatMap(({ id, getsPerSecond }) =>
    getsPerSecond === null ? [] : [{ id, getsPerSecond }],
  );
  const middle = median(reporting.map((node) => node.getsPerSecond));
  if (reporting.length < 2 || middle === null) return null;
  const busiest = reporting.reduce((most, node) => (node.getsPerSecond > most.getsPerSecond ? node : most));
  return {
    factor: middle > 0 ? busiest.getsPerSecond / middle : null,
    busiest: busiest.id,
    max: busiest.getsPerSecond,
    median: middle,
  };
}

export interface Group<T> {
  readonly value: T;
  readonly nodes: readonly string[];
}

/** Nodes by what they report, the largest group first. Nodes that do not report it are omitted. */
export function groupBy<T extends string | number>(
  nodes: readonly Node[],
  of: (node: Node) => T | null,
): Group<T>[] {
  const groups = new Map<T, string[]>();
  for (const node of nodes) {
    const value = of(node);
    if (value === null) continue;
    const group = groups.get(value);
    if (group === undefined) groups.set(value, [node.id]);
    else group.push(node.id);
  }
  return [...groups]
    .map(([value, ids]) => ({ value, nodes: ids }))
    .sort(
      (a, b) =>
        b.nodes.length - a.nodes.length ||
        String(a.value).localeCompare(String(b.value), "en", { numeric: true }),
    );
}

/** The versions in use. More than one group is version skew. */
export function versionSkew(nodes: readonly Node[]): Group<string>[] {
  return groupBy(nodes, (node) => node.version);
}

/** The memory limits in use, bytes. More than one: clients hash keys evenly over unequal nodes. */
export function limitSkew(nodes: readonly Node[]): Group<number>[] {
  return groupBy(nodes, (node) => node.limitMaxbytes);
}
