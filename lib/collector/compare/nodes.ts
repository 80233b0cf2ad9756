/** Compares nodes: each is read once; for those that do not respond the last known values are used. */

import { MEASURED_STATS, STATS } from "@/lib/catalogue/stats";
import {
  compareReported,
  compareSettings,
  compareStats,
  type ReportedValues,
} from "@/lib/metrics/compare/compare";
import { compareLoad } from "@/lib/metrics/compare/load";
import { reportedSettings } from "@/lib/metrics/compare/settings-snapshot";
import { firstOfEach } from "@/lib/metrics/stats-entries";
import type { Compare, ComparedName } from "@/lib/model/compare.schema";
import { CapabilityError, NodeError } from "@/lib/model/errors";
import type { Node } from "@/lib/model/node/node.schema";
import { REASONS, type ReasonCode } from "@/lib/model/node/reasons";
import type { NodeRecord } from "../node-record";

export interface ComparedNode {
  readonly record: NodeRecord;
  /** As the HTTP interface shows it. */
  readonly view: Node;
}

interface Answer {
  readonly general: ReportedValues | null;
  readonly settings: ReportedValues | null;
  readonly failure: { readonly reason: ReasonCode | null; readonly detail: string } | null;
}

/**
 * Compares what the nodes report now. A node that failed its last poll is not read again: with several such nodes the
 * comparison would wait for every deadline, and refused sign-ins must not be repeated at will.
 */
export async function compareNodes(
  nodes: readonly ComparedNode[],
  { all, nowMs }: { readonly all: boolean; readonly nowMs: number },
): Promise<Compare> {
  const answers = await Promise.all(nodes.map(readOrRemember));
  const settings = compareSettings(answers.map((answer) => answer.settings));
  const stats = compareStats(answers.map((answer) => answer.general));
  const shown = (names: readonly ComparedName[]) => names.filter(({ differs }) => all || differs);
  const same = (names: readonly ComparedName[]) => names.filter(({ differs }) => !differs).length;
  return {
    atMs: nowMs,
    nodes: nodes.map(({ record, view }, index) => {
      const failure = answers[index]?.failure ?? null;
      return {
        id: view.id,
        pool: view.pool,
        status: view.status,
        version: view.version,
        answered: failure === null,
        reason: failure?.reason ?? null,
        detail: failure?.detail ?? null,
        lastKnownMs: failure === null ? null : record.sampledMs,
      };
    }),
    versions: versionsOf(nodes),
    figures: compareLoad(nodes.map(({ view }) => view)),
    settings: shown(settings),
    stats: shown(stats),
    same: { settings: same(settings), stats: same(stats) },
  };
}

function versionsOf(nodes: readonly ComparedNode[]): ComparedName {
  const reported = nodes.map(({ view }) =>
    view.version === null ? null : new Map([["version", view.version]]),
  );
  const none = { name: "version", values: reported.map(() => null), differs: false, majority: null };
  const [compared = none] = compareReported(reported);
  return { ...compared, own: false, kind: null, meaning: null };
}

async function readOrRemember({ record }: ComparedNode): Promise<Answer> {
  if (record.status !== "up" && record.status !== "unknown") {
    return lastKnown(record, record.reason, record.health.detail);
  }
  try {
    const general = firstOfEach(await record.client.stats("general"));
    return { general, settings: await settingsOf(record), failure: null };
  } catch (error) {
    if (error instanceof NodeError) return lastKnown(record, error.reason, error.detail ?? null);
    if (error instanceof CapabilityError)
      return { ...lastKnown(record, null, null), failure: { reason: null, detail: error.message } };
    throw error;
  }
}

/** Null when this node has no such group. */
async function settingsOf(record: NodeRecord): Promise<ReportedValues | null> {
  try {
    return firstOfEach(await record.client.stats("settings"));
  } catch (error) {
    if (error instanceof CapabilityError) return null;
    throw error;
  }
}

function lastKnown(record: NodeRecord, reason: ReasonCode | null, cause: string | null): Answer {
  const sentence = reason === null ? "no response yet" : REASONS[reason].en;
  const detail = cause === null ? sentence : `${sentence} (${cause})`;
  return {
    general: lastSample(record),
    settings: reportedSettings(record.facts.profile),
    failure: { reason, detail },
  };
}

/** The newest sample as reported values: only the numeric stats of the catalogue. Null before the first. */
function lastSample(record: NodeRecord): ReportedValues | null {
  const sample = record.sample();
  const reported = STATS.flatMap(({ name }, slot): [string, string][] => {
    const value = sample[slot] as number;
    return Number.isNaN(value) || MEASURED_STATS.has(name) ? [] : [[name, String(value)]];
  });
  if (reported.length === 0) return null;
  return new Map(record.version === null ? reported : [["version", record.version], ...reported]);
}
