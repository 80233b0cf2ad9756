/** The sentences for an entry of the attention list, with their values. Pure; the page formats them. */

import type { Attention } from "@/lib/model/fleet.schema";
import type { ReasonCode } from "@/lib/model/node/reasons";

/** The values of a sentence; `null` is never put into one. */
export type SentenceValues = Readonly<Record<string, number>>;

export interface Sentence {
  /** Key below `fleet.attention.says`. */
  readonly key: SentenceKey;
  readonly values: SentenceValues;
}

export type SentenceKey =
  | "reason"
  | "reasonSince"
  | "noReason"
  | "share"
  | "lostHits"
  | "hitRatioFell"
  | "hitRatioFellSince"
  | "whileEvicting"
  | "evicts"
  | "evictsAged"
  | "unfetched"
  | "connectionsNearLimit"
  | "listenDisabled"
  | "storesRefused"
  | "restarted"
  | "refilling"
  | "exposed";

/** The context of an entry. */
export interface EntryContext {
  /** Why the node is not up, when it is not. */
  readonly reason: ReasonCode | null;
  /** Nodes of the pool, and how many of them are not up. */
  readonly poolNodes: number;
  readonly poolNotUp: number;
}

type Values = Attention["figures"];

function sentence(key: SentenceKey, values: Values = {}): Sentence | null {
  const known = Object.entries(values).filter((entry): entry is [string, number] => entry[1] !== null);
  return known.length === Object.keys(values).length ? { key, values: Object.fromEntries(known) } : null;
}

/** The first sentence whose values are all known. */
function firstKnown(...sentences: readonly (Sentence | null)[]): Sentence | null {
  return sentences.find((sentence) => sentence !== null) ?? null;
}

function pick(values: Values, ...names: readonly string[]): Values {
  return Object.fromEntries(names.map((name) => [name, values[name] ?? null]));
}

type BuildSentences = (entry: Attention, context: EntryContext) => (Sentence | null)[];

const SENTENCES: Record<Attention["kind"], BuildSentences> = {
  status: ({ figures, sinceMs }, { reason, poolNodes, poolNotUp }) => [
    reason === null
      ? sentence("noReason")
      : firstKnown(sentence("reasonSince", { sinceMs }), sentence("reason")),
    poolNodes > 1 ? sentence("share", { notUp: Math.max(1, poolNotUp), nodes: poolNodes }) : null,
    (figures.hitsPerSecond ?? 0) >= 0.5 ? sentence("lostHits", pick(figures, "hitsPerSecond")) : null,
  ],
  hitRatioFell: ({ figures, sinceMs }) => [
    firstKnown(
      sentence("hitRatioFellSince", { ...pick(figures, "before", "now"), sinceMs }),
      sentence("hitRatioFell", pick(figures, "before", "now")),
    ),
    (figures.evictionsPerSecond ?? 0) > 0
      ? sentence("whileEvicting", pick(figures, "evictionsPerSecond", "ageSeconds"))
      : null,
  ],
  evictsYoung: ({ figures }) => evicts(figures),
  evicts: ({ figures }) => evicts(figures),
  connectionsNearLimit: ({ figures }) => [
    sentence("connectionsNearLimit", pick(figures, "connections", "limit")),
  ],
  listenDisabled: ({ figures }) => [sentence("listenDisabled", pick(figures, "times"))],
  storesRefused: ({ figures }) => [sentence("storesRefused", pick(figures, "perSecond"))],
  restarted: ({ figures, sinceMs }) => [
    sentence("restarted", { sinceMs }),
    sentence("refilling", pick(figures, "uptimeSeconds")),
  ],
  exposed: ({ figures }) => [sentence("exposed", pick(figures, "times"))],
};

function evicts(figures: Values): (Sentence | null)[] {
  return [
    firstKnown(
      sentence("evictsAged", pick(figures, "perSecond", "ageSeconds")),
      sentence("evicts", pick(figures, "perSecond")),
    ),
    (figures.unfetched ?? 0) >= 0.05 ? sentence("unfetched", pick(figures, "unfetched")) : null,
  ];
}

/** The sentences for an entry; those with unknown values are left out. */
export function attentionSentences(entry: Attention, context: EntryContext): Sentence[] {
  return SENTENCES[entry.kind](entry, context).filter((sentence) => sentence !== null);
}
