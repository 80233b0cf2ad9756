/** The sentences for an entry of the attention list, with their values. Pure; the page formats them. */

import type { ReasonCode } from "@/lib/catalogue/reasons";
import type { Attention } from "@/lib/model/fleet.schema";

/** The values of a sentence; `null` is never put into one. */
export type SentenceFigures = Readonly<Record<string, number>>;

export interface Sentence {
  /** Key below `fleet.attention.says`. */
  readonly key: SentenceKey;
  readonly figures: SentenceFigures;
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
export interface Surroundings {
  /** Why the node is not up, when it is not. */
  readonly reason: ReasonCode | null;
  /** Nodes of the pool, and how many of them are not up. */
  readonly poolNodes: number;
  readonly poolNotUp: number;
}

type Figures = Attention["figures"];

function say(key: SentenceKey, figures: Figures = {}): Sentence | null {
  const known = Object.entries(figures).filter((entry): entry is [string, number] => entry[1] !== null);
  return known.length === Object.keys(figures).length ? { key, figures: Object.fromEntries(known) } : null;
}

/** The first sentence whose values are all known. */
function either(...sentences: readonly (Sentence | null)[]): Sentence | null {
  return sentences.find((sentence) => sentence !== null) ?? null;
}

function pick(figures: Figures, ...names: readonly string[]): Figures {
  return Object.fromEntries(names.map((name) => [name, figures[name] ?? null]));
}

const SAYS: Record<Attention["kind"], (entry: Attention, around: Surroundings) => (Sentence | null)[]> = {
  status: ({ figures, sinceMs }, { reason, poolNodes, poolNotUp }) => [
    reason === null ? say("noReason") : either(say("reasonSince", { sinceMs }), say("reason")),
    poolNodes > 1 ? say("share", { notUp: Math.max(1, poolNotUp), nodes: poolNodes }) : null,
    (figures.hitsPerSecond ?? 0) >= 0.5 ? say("lostHits", pick(figures, "hitsPerSecond")) : null,
  ],
  hitRatioFell: ({ figures, sinceMs }) => [
    either(
      say("hitRatioFellSince", { ...pick(figures, "before", "now"), sinceMs }),
      say("hitRatioFell", pick(figures, "before", "now")),
    ),
    (figures.evictionsPerSecond ?? 0) > 0
      ? say("whileEvicting", pick(figures, "evictionsPerSecond", "ageSeconds"))
      : null,
  ],
  evictsYoung: ({ figures }) => evicts(figures),
  evicts: ({ figures }) => evicts(figures),
  connectionsNearLimit: ({ figures }) => [say("connectionsNearLimit", pick(figures, "connections", "limit"))],
  listenDisabled: ({ figures }) => [say("listenDisabled", pick(figures, "times"))],
  storesRefused: ({ figures }) => [say("storesRefused", pick(figures, "perSecond"))],
  restarted: ({ figures, sinceMs }) => [
    say("restarted", { sinceMs }),
    say("refilling", pick(figures, "uptimeSeconds")),
  ],
  exposed: ({ figures }) => [say("exposed", pick(figures, "times"))],
};

function evicts(figures: Figures): (Sentence | null)[] {
  return [
    either(
      say("evictsAged", pick(figures, "perSecond", "ageSeconds")),
      say("evicts", pick(figures, "perSecond")),
    ),
    (figures.unfetched ?? 0) >= 0.05 ? say("unfetched", pick(figures, "unfetched")) : null,
  ];
}

/** The sentences for an entry; those with unknown values are left out. */
export function attentionSentences(entry: Attention, around: Surroundings): Sentence[] {
  return SAYS[entry.kind](entry, around).filter((sentence) => sentence !== null);
}
