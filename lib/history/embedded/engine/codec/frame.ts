/** A query's buckets while they are filled, and the positions of its nodes in a file. */
import type { Accumulator } from "../accumulate";
import type { HistoryFile } from "../compaction";
import type { Buckets } from "../query-plan";
import { GROUP_NODES } from "../settings";

/** A stat of a query; the last field is the elapsed seconds. */
export interface Field {
  /** Index among the settings' stats, the elapsed seconds after them; -1: the catalogue does not know it. */
  readonly index: number;
  readonly fold: Accumulator;
}

/** Buckets of every node for every field, being filled. */
export interface Frame {
  readonly buckets: Buckets;
  readonly raw: boolean;
  readonly nodes: readonly string[];
  readonly fields: readonly Field[];
  /** By field: node after node, bucket after bucket. */
  readonly values: readonly Float64Array[];
}

/** Where a frame's nodes are among a file's groups. */
export interface Located {
  readonly groups: readonly number[];
  /** Index in the frame by node number; -1: not in the query. */
  readonly byNumber: Int32Array;
  /** All node numbers are below this many groups. */
  readonly allGroups: number;
}

export function locate(file: HistoryFile, nodes: readonly string[]): Located {
  const allGroups = Math.ceil(file.names.nodeCount / GROUP_NODES);
  const byNumber = new Int32Array(allGroups * GROUP_NODES).fill(-1);
  const groups = new Set<number>();
  for (const [index, node] of nodes.entries()) {
    const number = file.names.node(node);
    if (number === undefined) continue;
    byNumber[number] = index;
    groups.add(Math.floor(number / GROUP_NODES) + 1);
  }
  return { groups: [...groups].sort((a, b) => a - b), byNumber, allGroups };
}
