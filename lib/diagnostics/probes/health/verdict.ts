/**
 * The rules of health. Pure. The counts of the last hour decide; those since start are shown as well, but may be of an
 * incident long ago.
 */
import { phrase } from "@/lib/model/findings/phrases";
import { parseVersion, type ServerVersion } from "@/lib/model/node/server-version";
import { counted, failed, passed, times, unknown, wholeNumber } from "../../check-builders";
import type { Check, RecentDeltas } from "../../contract";
import { counterPair } from "./counter-pair";
import { type Evictions, judgeEvictions } from "./evictions";

export interface HealthFacts {
  readonly general: ReadonlyMap<string, string>;
  /** Of `stats settings`: 1.4 has no `max_connections` in `stats`. */
  readonly maxconns: string | undefined;
  /** `stats items`; null when not reported. */
  readonly items: ReadonlyMap<string, string> | null;
  readonly past: RecentDeltas;
  readonly latenciesMs: readonly number[];
  readonly nowMs: number;
}

export const HEALTH_RULES = {
  connectionsInfo: 0.75,
  connectionsWarning: 0.9,
  slowInfoMs: 100,
  slowWarningMs: 250,
  restartsWarning: 3,
} as const;

export function judgeHealth(facts: HealthFacts): readonly Check[] {
  return [
    judgeEvictions(evictionsOf(facts)),
    outOfMemory(facts),
    connectionsUse(facts),
    listenerDisabled(facts),
    slow(facts),
    restarts(facts),
  ];
}

function evictionsOf({ general, items, past }: HealthFacts): Evictions {
  return {
    evictions: counterPair(general, past, "evictions"),
    unfetched: counterPair(general, past, "evicted_unfetched"),
    youngestSeconds: items === null ? null : youngestEvicted(items),
  };
}

/** The smallest `evicted_time` of the slab classes that have evicted, in seconds; null when none has. */
function youngestEvicted(items: ReadonlyMap<string, string>): number | null {
  let youngest: number | null = null;
  for (const [name, value] of items) {
    const [, slabClass] = /^items:(\d{1,6}):evicted$/.exec(name) ?? [];
    if (slabClass === undefined || (wholeNumber(value) ?? 0) === 0) continue;
    const seconds = wholeNumber(items.get(`items:${slabClass}:evicted_time`));
    if (seconds !== null && (youngest === null || seconds < youngest)) youngest = seconds;
  }
  return youngest;
}

/** Failed stores and closed connections for lack of memory. Tracked counters are judged by the last hour. */
function outOfMemory({ general, items, past }: HealthFacts): Check {
  const tracked = {
    store_no_memory: counterPair(general, past, "store_no_memory"),
    response_obj_oom: counterPair(general, past, "response_obj_oom"),
    read_buf_oom: counterPair(general, past, "read_buf_oom"),
  };
  const sinceStart = {
    outofmemory: items === null ? null : outOfMemoryByClass(items),
    malloc_fails: wholeNumber(general.get("malloc_fails")),
    get_oom_extstore: wholeNumber(general.get("get_oom_extstore")),
  };
  const pairs = Object.values(tracked);
  const lastHour = sumOf(pairs.map((pair) => pair.lastHour));
  const total = sumOf([...pairs.map((pair) => pair.total), ...Object.values(sinceStart)]);
  const base = {
    check: "out-of-memory",
    figures: countFigures(lastHour, total),
    evidence: {
      lastHour,
      sinceStart: total,
      ...Object.fromEntries(Object.entries(tracked).map(([name, pair]) => [name, pair.total])),
      ...sinceStart,
      observedSeconds: observedSeconds(past),
    },
  };
  if (lastHour !== null && lastHour > 0) {
    return failed("warning", { ...base, title: `Out of memory ${times(lastHour)} in the last hour` });
  }
  if (total !== null && total > 0) {
    const title = `Out of memory ${times(total)} since start, but not recently`;
    return failed("info", { ...base, title });
  }
  if (total === null && lastHour === null) return unknown(phrase("noOutOfMemoryCounters"), base);
  return passed({ ...base, title: "Not out of memory since start" });
}

function outOfMemoryByClass(items: ReadonlyMap<string, string>): number | null {
  const rows = [...items].filter(([name]) => /^items:\d{1,6}:outofmemory$/.test(name));
  return sumOf(rows.map(([, value]) => wholeNumber(value)));
}

/** 1.5.21 and 1.5.22 count every connection as rejected. */
const COUNTS_EVERY_CONNECTION: readonly ServerVersion[] = [
  [1, 5, 21],
  [1, 5, 22],
];
const NOT_COUNTED = { lastHour: null, total: null };

function countsEveryConnection(version: string | undefined): boolean {
  const parsed = parseVersion(version ?? null);
  return COUNTS_EVERY_CONNECTION.some((counting) => counting.join() === parsed?.join());
}

function connectionsUse({ general, maxconns, past }: HealthFacts): Check {
  const connections = wholeNumber(general.get("curr_connections"));
  const limit = wholeNumber(general.get("max_connections") ?? maxconns);
  const rejected = countsEveryConnection(general.get("version"))
    ? NOT_COUNTED
    : counterPair(general, past, "rejected_connections");
  const share = connections === null || !limit ? null : Math.round((connections / limit) * 10_000) / 10_000;
  const counts = { connections, limit, share };
  const evidence = {
    ...counts,
    rejectedLastHour: rejected.lastHour,
    rejectedSinceStart: rejected.total,
    observedSeconds: observedSeconds(past),
  };
  const baseOf = (kind: "use" | "rejected" | "rejectedEarlier") => ({
    check: "connections-use",
    figures: { ...counts, kind, rejected: kind === "rejected" ? rejected.lastHour : rejected.total },
    evidence,
  });
  if (rejected.lastHour !== null && rejected.lastHour > 0) {
    const title = `Rejected ${counted(rejected.lastHour, "connection")} in the last hour`;
    return failed("warning", { ...baseOf("rejected"), title });
  }
  if (share === null) return unknown(phrase("noConnectionLimit"), baseOf("use"));
  const title = `${connections} of ${limit} connections in use`;
  if (share >= HEALTH_RULES.connectionsWarning) return failed("warning", { ...baseOf("use"), title });
  if (share >= HEALTH_RULES.connectionsInfo) return failed("info", { ...baseOf("use"), title });
  if (rejected.total !== null && rejected.total > 0) {
    const earlier = `${title}; ${rejected.total} rejected since start, none recently`;
    return failed("info", { ...baseOf("rejectedEarlier"), title: earlier });
  }
  return passed({ ...baseOf("use"), title });
}

function listenerDisabled({ general, past }: HealthFacts): Check {
  const { lastHour, total } = counterPair(general, past, "listen_disabled_num");
  const base = {
    check: "listener-disabled",
    figures: countFigures(lastHour, total),
    evidence: {
      lastHour,
      sinceStart: total,
      microseconds: wholeNumber(general.get("time_in_listen_disabled_us")),
      observedSeconds: observedSeconds(past),
    },
  };
  if (total === null) return unknown(phrase("noListenDisabledCounter"), base);
  if (lastHour !== null && lastHour > 0) {
    const title = `Stopped accepting connections ${times(lastHour)} in the last hour`;
    return failed("critical", { ...base, title });
  }
  if (total > 0) {
    const title = `Stopped accepting connections ${times(total)} since start, but not recently`;
    return failed("info", { ...base, title });
  }
  return passed({ ...base, title: "Has accepted connections without interruption since start" });
}

/** From this machine: the network path is part of it. */
function slow({ latenciesMs }: HealthFacts): Check {
  const sorted = [...latenciesMs].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  const rounded = sorted.map(roundedMs);
  const milliseconds = median === undefined ? null : roundedMs(median);
  const base = {
    check: "slow",
    figures: { milliseconds, answers: sorted.length },
    evidence: { medianMs: milliseconds, answersMs: rounded.map(String) },
  };
  if (median === undefined) return unknown(phrase("noLatency"), base);
  const title = `Half of ${sorted.length} stats responses took ${milliseconds} ms or more from this machine`;
  if (median >= HEALTH_RULES.slowWarningMs) return failed("warning", { ...base, title });
  if (median >= HEALTH_RULES.slowInfoMs) return failed("info", { ...base, title });
  return passed({ ...base, title: `Answers stats in ${milliseconds} ms from this machine` });
}

function roundedMs(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

function restarts({ general, past, nowMs }: HealthFacts): Check {
  const count = past.restartsMs.length;
  const latest = past.restartsMs.at(-1) ?? null;
  const figures = { count, uptimeSeconds: wholeNumber(general.get("uptime")) };
  const base = {
    check: "restarts",
    figures,
    evidence: {
      ...figures,
      restarts: past.restartsMs.slice(-20).map((atMs) => new Date(atMs).toISOString()),
      secondsSince: latest === null ? null : Math.round((nowMs - latest) / 1000),
    },
  };
  if (count === 0) return passed({ ...base, title: "No restarts observed in the last day" });
  const severity = count >= HEALTH_RULES.restartsWarning ? "warning" : "info";
  return failed(severity, { ...base, title: `Restarted ${times(count)} in the last day` });
}

/** The count of the last hour if there was any, else the one since start. */
function countFigures(lastHour: number | null, total: number | null): Record<string, string | number | null> {
  const recent = (lastHour ?? 0) > 0;
  return { count: recent ? lastHour : total, window: recent ? "hour" : "start" };
}

/** The sum of the reported counts; null when none is reported. */
function sumOf(counts: readonly (number | null)[]): number | null {
  const reported = counts.filter((count) => count !== null);
  return reported.length === 0 ? null : reported.reduce((sum, count) => sum + count, 0);
}

function observedSeconds(past: RecentDeltas): number {
  return Math.round(past.hour.elapsedSeconds);
}
