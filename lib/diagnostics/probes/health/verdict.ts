/**
 * The rules of health. Pure. What was counted in the last hour decides; what was counted since the start is told
 * beside it, because it may be an accident of long ago.
 */
import { failed, passed, unknown, wholeNumber } from "../../check-builders";
import type { Check, RecentDeltas } from "../../contract";
import { counterPair } from "./counter-pair";
import { type Evictions, judgeEvictions } from "./evictions";

export interface HealthFacts {
  readonly general: ReadonlyMap<string, string>;
  /** Of `stats settings`: 1.4 has no `max_connections` in `stats`. */
  readonly maxconns: string | undefined;
  /** `stats items`; null when it is not told. */
  readonly items: ReadonlyMap<string, string> | null;
  readonly past: RecentDeltas;
  readonly latenciesMs: readonly number[];
  readonly nowMs: number;
}

/** Thresholds, in one place. */
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

/** Refused stores and connections for lack of memory. Those that our polls keep are judged by the last hour. */
function outOfMemory({ general, items, past }: HealthFacts): Check {
  const check = "out-of-memory";
  const kept = {
    store_no_memory: counterPair(general, past, "store_no_memory"),
    response_obj_oom: counterPair(general, past, "response_obj_oom"),
    read_buf_oom: counterPair(general, past, "read_buf_oom"),
  };
  const sinceStart = {
    outofmemory: items === null ? null : refusedByClass(items),
    malloc_fails: wholeNumber(general.get("malloc_fails")),
    get_oom_extstore: wholeNumber(general.get("get_oom_extstore")),
  };
  const recently = sumOf(Object.values(kept).map(({ lastHour }) => lastHour));
  const total = sumOf([...Object.values(kept).map(({ total: all }) => all), ...Object.values(sinceStart)]);
  const evidence = {
    lastHour: recently,
    sinceStart: total,
    ...Object.fromEntries(Object.entries(kept).map(([name, { total: all }]) => [name, all])),
    ...sinceStart,
    observedSeconds: observedSeconds(past),
  };
  const said = { check, figures: countFigures(recently, total), evidence };
  if (total === null && recently === null) {
    return unknown({ ...said, title: "The node does not count what it refuses for lack of memory" });
  }
  if ((recently ?? 0) > 0) {
    return failed("warning", {
      ...said,
      title: `It ran out of memory ${recently} times in the last hour`,
    });
  }
  if ((total ?? 0) > 0) {
    return failed("info", {
      ...said,
      title: `It ran out of memory ${total} times since its start, not lately`,
    });
  }
  return passed({ ...said, title: "It has not run out of memory since its start" });
}

function refusedByClass(items: ReadonlyMap<string, string>): number | null {
  const refused = [...items].filter(([name]) => /^items:\d{1,6}:outofmemory$/.test(name));
  return sumOf(refused.map(([, value]) => wholeNumber(value)));
}

function connectionsUse({ general, maxconns, past }: HealthFacts): Check {
  const check = "connections-use";
  const connections = wholeNumber(general.get("curr_connections"));
  const limit = wholeNumber(general.get("max_connections") ?? maxconns);
  const rejected = counterPair(general, past, "rejected_connections");
  const share = connections === null || !limit ? null : Math.round((connections / limit) * 10_000) / 10_000;
  const counts = { connections, limit, share };
  const evidence = {
    ...counts,
    rejectedLastHour: rejected.lastHour,
    rejectedSinceStart: rejected.total,
    observedSeconds: observedSeconds(past),
  };
  const said = (kind: "use" | "rejected" | "rejectedEarlier", title: string) => {
    const turnedAway = kind === "rejected" ? rejected.lastHour : rejected.total;
    return { check, figures: { ...counts, kind, rejected: turnedAway }, evidence, title };
  };
  if ((rejected.lastHour ?? 0) > 0) {
    const title = `It turned ${rejected.lastHour} connections away in the last hour`;
    return failed("warning", said("rejected", title));
  }
  if (share === null) {
    return unknown(said("use", "The node does not tell how many connections it may have"));
  }
  const use = `${connections} of ${limit} connections are open`;
  if (share >= HEALTH_RULES.connectionsWarning) return failed("warning", said("use", use));
  if (share >= HEALTH_RULES.connectionsInfo) return failed("info", said("use", use));
  if ((rejected.total ?? 0) > 0) {
    const title = `${use}; it turned ${rejected.total} away since its start, none lately`;
    return failed("info", said("rejectedEarlier", title));
  }
  return passed(said("use", use));
}

function listenerDisabled({ general, past }: HealthFacts): Check {
  const check = "listener-disabled";
  const disabled = counterPair(general, past, "listen_disabled_num");
  const counted = { lastHour: disabled.lastHour, sinceStart: disabled.total };
  const microseconds = wholeNumber(general.get("time_in_listen_disabled_us"));
  const evidence = { ...counted, microseconds, observedSeconds: observedSeconds(past) };
  const said = { check, figures: countFigures(disabled.lastHour, disabled.total), evidence };
  if (disabled.total === null) {
    return unknown({ ...said, title: "The node does not count how often it stopped to accept connections" });
  }
  if ((disabled.lastHour ?? 0) > 0) {
    const title = `It stopped to accept connections ${disabled.lastHour} times in the last hour`;
    return failed("critical", { ...said, title });
  }
  if (disabled.total > 0) {
    const title = `It stopped to accept connections ${disabled.total} times since its start, not lately`;
    return failed("info", { ...said, title });
  }
  return passed({ ...said, title: "It has accepted connections all the time since its start" });
}

/** From here: the way to the node is part of it. */
function slow({ latenciesMs }: HealthFacts): Check {
  const check = "slow";
  const sorted = [...latenciesMs].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  const rounded = sorted.map((ms) => Math.round(ms * 1000) / 1000);
  const milliseconds = middle === undefined ? null : Math.round(middle * 1000) / 1000;
  const said = {
    check,
    figures: { milliseconds, answers: sorted.length },
    evidence: { medianMs: milliseconds, answersMs: rounded.map(String) },
  };
  if (middle === undefined) return unknown({ ...said, title: "Its speed was not measured" });
  const title = `Half of ${sorted.length} answers to stats took ${milliseconds} ms or more from here`;
  if (middle >= HEALTH_RULES.slowWarningMs) return failed("warning", { ...said, title });
  if (middle >= HEALTH_RULES.slowInfoMs) return failed("info", { ...said, title });
  return passed({ ...said, title: `It answers stats in ${milliseconds} ms from here` });
}

function restarts({ general, past, nowMs }: HealthFacts): Check {
  const check = "restarts";
  const count = past.restartsMs.length;
  const newest = past.restartsMs.at(-1) ?? null;
  const uptimeSeconds = wholeNumber(general.get("uptime"));
  const figures = { count, uptimeSeconds };
  const evidence = {
    ...figures,
    restarts: past.restartsMs.slice(-20).map((atMs) => new Date(atMs).toISOString()),
    secondsSince: newest === null ? null : Math.round((nowMs - newest) / 1000),
  };
  const said = { check, figures, evidence };
  if (count >= HEALTH_RULES.restartsWarning) {
    return failed("warning", { ...said, title: `It was restarted ${count} times within a day` });
  }
  if (count > 0) {
    return failed("info", {
      ...said,
      title: `It was restarted ${count === 1 ? "once" : "twice"} within a day`,
    });
  }
  return passed({ ...said, title: "It was not seen to restart within a day" });
}

/** Which of the two counts speaks: the last hour where anything happened in it, else the time since the start. */
function countFigures(lastHour: number | null, total: number | null): Record<string, string | number | null> {
  const lately = (lastHour ?? 0) > 0;
  return { count: lately ? lastHour : total, window: lately ? "hour" : "start" };
}

/** Null when nobody counts; else the sum of what is counted. */
function sumOf(counts: readonly (number | null)[]): number | null {
  const known = counts.filter((count) => count !== null);
  return known.length === 0 ? null : known.reduce((sum, count) => sum + count, 0);
}

function observedSeconds(past: RecentDeltas): number {
  return Math.round(past.hour.elapsedSeconds);
}
