/**
 * Evictions, and whether memory would help. A full cache evicts: that is its work. What matters is how young the
 * evicted items were, and whether anybody had ever asked for them.
 */

import { ATTENTION_RULES } from "@/lib/metrics/attention";
import { ratio, rounded } from "@/lib/metrics/ratio";
import { failed, passed, unknown } from "../../check-builders";
import type { Check } from "../../contract";
import type { CounterPair } from "./counter-pair";

export interface Evictions {
  readonly evictions: CounterPair;
  /** Of these, the items nobody had fetched. */
  readonly unfetched: CounterPair;
  /** How long ago the item evicted last had been used, in the class where that is least, seconds. */
  readonly youngestSeconds: number | null;
}

/** Share of evicted items that nobody had fetched, from which on more memory would keep what nobody wants. */
const MOSTLY_UNFETCHED = 0.9;

export type EvictionAdvice = "memory" | "expiry" | "none";

export function judgeEvictions({ evictions, unfetched, youngestSeconds }: Evictions): Check {
  const check = "evictions";
  const lately = evictions.lastHour !== null;
  const count = evictions.lastHour ?? evictions.total;
  const unfetchedShare = rounded(ratio(lately ? unfetched.lastHour : unfetched.total, count));
  const young = youngestSeconds !== null && youngestSeconds < ATTENTION_RULES.evictsYoungSeconds;
  const unwanted = unfetchedShare !== null && unfetchedShare >= MOSTLY_UNFETCHED;
  const advice: EvictionAdvice = !young ? "none" : unwanted ? "expiry" : "memory";
  const window = lately ? "hour" : "start";
  const figures = { count, window, ageSeconds: youngestSeconds, unfetchedShare, advice };
  const evidence = {
    lastHour: evictions.lastHour,
    sinceStart: evictions.total,
    evictedAgeSeconds: youngestSeconds,
    unfetchedShare,
    advice,
  };
  const said = { check, figures, evidence };
  if (count === null) return unknown({ ...said, title: "The node does not count evictions" });
  if (count === 0) {
    return passed({
      ...said,
      figures: { ...figures, advice: "none" },
      evidence: { ...evidence, advice: "none" },
      title: lately ? "It evicted nothing in the last hour" : "It evicted nothing since its start",
    });
  }
  const when = lately ? "in the last hour" : "since its start";
  const title = `It evicted ${count} items ${when}${ageWords(youngestSeconds)}${ADVICE[advice]}`;
  return failed(lately && advice === "memory" ? "warning" : "info", { ...said, title });
}

const ADVICE: Readonly<Record<EvictionAdvice, string>> = {
  memory: "; more memory would keep them longer",
  expiry: "; hardly any of them had ever been fetched, so shorter expiry helps more than memory",
  none: "",
};

function ageWords(seconds: number | null): string {
  return seconds === null ? "" : `, the youngest last used ${seconds} s before`;
}
