/**
 * Evictions, and whether memory would help. A full cache evicts: that is expected. What matters is how recently the
 * evicted items were used, and whether they were ever fetched.
 */

import { ATTENTION_RULES } from "@/lib/metrics/attention";
import { ratio, rounded } from "@/lib/metrics/ratio";
import { phrase } from "@/lib/model/findings/phrases";
import { counted, failed, passed, unknown } from "../../check-builders";
import type { Check } from "../../contract";
import type { CounterPair } from "./counter-pair";

export interface Evictions {
  readonly evictions: CounterPair;
  /** Evicted items that were never fetched. */
  readonly unfetched: CounterPair;
  /** Seconds since the last use of the latest evicted item, in the slab class where that is least. */
  readonly youngestSeconds: number | null;
}

/** Share of never-fetched items above which more memory would only keep unread items. */
const MOSTLY_UNFETCHED = 0.9;

export type EvictionAdvice = "memory" | "expiry" | "none";

export function judgeEvictions({ evictions, unfetched, youngestSeconds }: Evictions): Check {
  const recent = evictions.lastHour !== null;
  const count = evictions.lastHour ?? evictions.total;
  const unfetchedShare = rounded(ratio(recent ? unfetched.lastHour : unfetched.total, count));
  const advice = count === 0 ? "none" : adviceFor(youngestSeconds, unfetchedShare);
  const base = {
    check: "evictions",
    figures: {
      count,
      window: recent ? "hour" : "start",
      ageSeconds: youngestSeconds,
      unfetchedShare,
      advice,
    },
    evidence: {
      lastHour: evictions.lastHour,
      sinceStart: evictions.total,
      evictedAgeSeconds: youngestSeconds,
      unfetchedShare,
      advice,
    },
  };
  const when = recent ? "in the last hour" : "since start";
  if (count === null) return unknown(phrase("noEvictionCounter"), base);
  if (count === 0) return passed({ ...base, title: `No evictions ${when}` });
  const age = youngestSeconds === null ? "" : `, the most recently used ${youngestSeconds} s earlier`;
  const title = `Evicted ${counted(count, "item")} ${when}${age}${ADVICE[advice]}`;
  return failed(recent && advice === "memory" ? "warning" : "info", { ...base, title });
}

const ADVICE: Readonly<Record<EvictionAdvice, string>> = {
  memory: "; more memory would keep them longer",
  expiry: "; hardly any were ever fetched, so shorter expiry helps more than memory",
  none: "",
};

function adviceFor(youngestSeconds: number | null, unfetchedShare: number | null): EvictionAdvice {
  if (youngestSeconds === null || youngestSeconds >= ATTENTION_RULES.evictsYoungSeconds) return "none";
  return unfetchedShare !== null && unfetchedShare >= MOSTLY_UNFETCHED ? "expiry" : "memory";
}
