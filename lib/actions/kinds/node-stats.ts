/** A node's stats, read now: an action is verified by them. */
import { emptyValues, requiredSlot } from "@/lib/catalogue/stats";
import type { NodeClient, StatsEntries } from "@/lib/memcached/contract";
import { newProcess, type ServerProcess } from "@/lib/metrics/server-process";
import { CapabilityError } from "@/lib/model/errors";

/** A stat by memcached's name; null when the node does not report it. */
export type StatName = (name: string) => number | null;

/** General stats. Rejects with `NodeError`. */
export async function readGeneralStats(client: NodeClient): Promise<StatName> {
  const values = emptyValues();
  await client.poll(values);
  return (name) => {
    const value = values[requiredSlot(name)];
    return value === undefined || Number.isNaN(value) ? null : value;
  };
}

/** The process that reported the stats, and when, on the monotonic clock. */
export interface ReportingProcess {
  readonly process: ServerProcess;
  readonly atMs: number;
}

/** Of stats that were just read. */
export function reportingProcess(stat: StatName): ReportingProcess {
  const read = (name: string) => stat(name) ?? Number.NaN;
  return {
    process: { pid: read("pid"), uptime: read("uptime"), time: read("time") },
    atMs: performance.now(),
  };
}

/** Whether another process reported than before: the node restarted, or its name moved. */
export function isOtherProcess(before: ReportingProcess, after: ReportingProcess): boolean {
  return newProcess(before.process, after.process, (after.atMs - before.atMs) / 1_000) !== null;
}

/** The numbers of `stats settings` or `stats slabs`, none when the node does not report the group. Rejects with `NodeError`. */
export async function readGroupStats(client: NodeClient, group: "settings" | "slabs"): Promise<StatName> {
  return pickStats(await readGroup(client, group));
}

/** The entries of a group, none when the node does not report it. Rejects with `NodeError`. */
export async function readGroup(client: NodeClient, group: "settings" | "slabs"): Promise<StatsEntries> {
  try {
    return await client.stats(group);
  } catch (error) {
    if (error instanceof CapabilityError) return [];
    throw error;
  }
}

/** The entries of a group that are numbers. */
export function pickStats(entries: StatsEntries): StatName {
  const values = new Map(entries);
  return (name) => {
    const text = values.get(name) ?? "";
    return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : null;
  };
}

/** `12 → 0`; `?` for a value that was not reported. */
export function change(from: number | null | undefined, to: number | null | undefined): string {
  return `${from ?? "?"} → ${to ?? "?"}`;
}
