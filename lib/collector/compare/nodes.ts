/** Nodes beside one another: each is asked once, and of those that cannot be asked the last known is taken. */

import { REASONS, type ReasonCode } from "@/lib/catalogue/reasons";
import { OWN_STATS, STATS } from "@/lib/catalogue/stats";
import {
  compareReported,
  compareSettings,
  compareStats,
  type ReportedValues,
} from "@/lib/metrics/compare/compare";
import { compareLoad } from "@/lib/metrics/compare/load";
import { reportedSettings } from "@/lib/metrics/compare/settings-snapshot";
import type { Compare, ComparedName } from "@/lib/model/compare.schema";
import { CapabilityError, NodeError } from "@/lib/model/errors";
import type { Node } from "@/lib/model/node/node.schema";
import type { NodeRecord } from "../node-record";

export interface Comparing {
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
 * Compares what the nodes say now. A node that did not answer its last poll is not asked again: with several of them
 * the answer would wait for every deadline, and sign-ins that were refused are not to be tried at will.
 */
export async function compareNodes(
  nodes: readonly Comparing[],
  { all, nowMs }: { readonly all: boolean; readonly nowMs: number },
): Promise<Compare> {
  const answers = await Promise.all(nodes.map(askOrRemember));
  const settings = compareSettings(answers.map((answer) => answer.settings));
  const stats = compareStats(answers.map((answer) => answer.general));
  const shown = (names: readonly ComparedName[]) => names.filter(({ differs }) => all || differs);
  const same = (names: readonly ComparedName[]) => names.filter(({ differs }) => !differs).length;
  return {
    atMs: nowMs,
    nodes: nodes.map(({ record, view }, place) => {
      const failure = answers[place]?.failure ?? null;
      return {
        ...{ id: view.id, pool: view.pool, status: view.status, version: view.version },
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

function versionsOf(nodes: readonly Comparing[]): ComparedName {
  const said = nodes.map(({ view }) => (view.version === null ? null : new Map([["version", view.version]])));
  const nothing = { name: "version", values: said.map(() => null), differs: false, majority: null };
  const [compared = nothing] = compareReported(said);
  return { ...compared, own: false, kind: null, meaning: null };
}

async function askOrRemember({ record }: Comparing): Promise<Answer> {
  if (record.status !== "up" && record.status !== "unknown") {
    return lastKnown(record, record.reason, record.reasonDetail);
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

function lastKnown(record: NodeRecord, reason: ReasonCode | null, seen: string | null): Answer {
  const sentence = reason === null ? "the node has not answered yet" : REASONS[reason].en;
  const detail = seen === null ? sentence : `${sentence} (${seen})`;
  return {
    general: lastSample(record),
    settings: reportedSettings(record.facts.profile),
    failure: { reason, detail },
  };
}

/** The newest sample in words: numbers alone, as far as the catalogue knows them. Null before the first. */
function lastSample(record: NodeRecord): ReportedValues | null {
  const sample = record.sample();
  const said = STATS.flatMap(({ name }, slot): [string, string][] => {
    const value = sample[slot] as number;
    return Number.isNaN(value) || OWN_STATS.has(name) ? [] : [[name, String(value)]];
  });
  if (said.length === 0) return null;
  return new Map(record.version === null ? said : [["version", record.version], ...said]);
}

/** memcached 1.4 sends some names twice; the first is the right one. */
function firstOfEach(entries: ReadonlyArray<readonly [string, string]>): ReportedValues {
  const first = new Map<string, string>();
  for (const [name, value] of entries) if (!first.has(name)) first.set(name, value);
  return first;
}
