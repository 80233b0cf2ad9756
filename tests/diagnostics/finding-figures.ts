/**
 * The verdicts of each check, and the figures that each of them always has. The sentences of the pages are tested against
 * this list, and this list against the probes' results on real servers. `unknown` is not in it: every check can have it,
 * with its reason.
 */
import type { Verdict } from "@/lib/model/findings/finding";

type FiguresByVerdict = Readonly<Partial<Record<Exclude<Verdict, "unknown">, readonly string[]>>>;

const UDP = ["port", "requestBytes", "replyBytes", "datagrams", "settingPort", "agreement", "error"] as const;
const ADVISORY = ["id", "what", "version", "fixedIn", "condition", "marked"] as const;
const FLOOR = ["version", "floor", "marked"] as const;
const COUNTED = ["count", "window"] as const;
const EVICTIONS = ["count", "window", "ageSeconds", "unfetchedShare", "advice"] as const;
const CONNECTIONS = ["connections", "limit", "share", "kind", "rejected"] as const;
const RESOLVED = ["host", "addresses", "used", "refused"] as const;
const CONNECTED = ["addresses", "connected", "connectMs", "reason"] as const;
const ANSWERED = ["p50Ms", "p95Ms", "maxMs", "requests", "answered", "command"] as const;
const ROUND_TRIP = ["protocols", "milliseconds", "protocol", "step", "answer"] as const;
const EXPIRY = ["days", "validTo", "validFrom", "state"] as const;

/** By family: the part of a check's name before the colon. */
export const FINDING_FIGURES = {
  "udp-answers": {
    open: [...UDP, "amplification"],
    refused: UDP,
    "no-answer": [...UDP, "note"],
    "not-applicable": [],
  },
  listens: { pass: ["scope", "addresses"], fail: ["scope", "addresses"] },
  "sign-in-needed": { pass: ["method", "mechanisms"], fail: ["method", "mechanisms"] },
  "no-credentials-refused": {
    pass: ["command", "method"],
    fail: ["command", "method"],
    "not-applicable": ["command", "method"],
  },
  "wrong-credentials-refused": { pass: ["method"], fail: ["method"], "not-applicable": ["method"] },
  "credentials-work": { pass: ["method"], fail: ["method", "outcome"], "not-applicable": ["method"] },
  "sign-in-encrypted": { pass: ["method", "way"], fail: ["method"], "not-applicable": ["method"] },
  "tls-offered": {
    pass: ["configured", "how", "protocol", "cipher"],
    fail: ["configured", "how"],
    "not-applicable": ["how"],
  },
  "tls-certificate": { pass: ["code", "verificationOff"], fail: ["code", "verificationOff"] },
  "tls-expiry": { pass: EXPIRY, fail: EXPIRY },
  "tls-name": { pass: ["host"], fail: ["host"] },
  "tls-udp-clear": { pass: ["port"], fail: ["port"] },
  "version-floor": { pass: FLOOR, fail: FLOOR, patched: ["version", "floor"] },
  advisory: { fail: ADVISORY, "not-applicable": ADVISORY, patched: ADVISORY },
  "memory-default": { pass: ["maxbytes"], fail: ["maxbytes"] },
  verbosity: { pass: ["verbosity"], fail: ["verbosity"] },
  "shutdown-command": { pass: [], fail: [], "not-applicable": [] },
  "flush-enabled": { pass: [], fail: [] },
  "dump-enabled": { pass: [], fail: [], "not-applicable": [] },
  maxconns: { pass: ["maxconns", "connections", "share"], fail: ["maxconns", "connections", "share"] },
  "idle-timeout": { pass: ["seconds"], fail: ["seconds"] },
  "clock-skew": { pass: ["seconds", "direction"], fail: ["seconds", "direction"] },
  drift: {
    pass: ["nodes", "count"],
    fail: ["nodes", "count", "names"],
    "not-applicable": ["nodes", "count"],
  },
  options: { pass: ["count", "names"], fail: ["count", "names"] },
  evictions: { pass: EVICTIONS, fail: EVICTIONS },
  "out-of-memory": { pass: COUNTED, fail: COUNTED },
  "connections-use": { pass: CONNECTIONS, fail: CONNECTIONS },
  "listener-disabled": { pass: COUNTED, fail: COUNTED },
  slow: { pass: ["milliseconds", "answers"], fail: ["milliseconds", "answers"] },
  restarts: { pass: ["count", "uptimeSeconds"], fail: ["count", "uptimeSeconds"] },
  "round-trip": { pass: ROUND_TRIP, fail: ROUND_TRIP },
  resolves: { pass: RESOLVED, fail: RESOLVED, "not-applicable": RESOLVED },
  connects: { pass: CONNECTED, fail: CONNECTED },
  answers: { pass: ANSWERED, fail: ANSWERED },
} as const satisfies Readonly<Record<string, FiguresByVerdict>>;

/** The figures that a check and verdict always have; null for a pair that no probe returns. */
export function figuresOf(check: string, verdict: Verdict): readonly string[] | null {
  const family = check.split(":", 1)[0] ?? check;
  const byVerdict = Object.hasOwn(FINDING_FIGURES, family)
    ? (FINDING_FIGURES as Readonly<Record<string, FiguresByVerdict>>)[family]
    : undefined;
  return verdict === "unknown" ? null : (byVerdict?.[verdict] ?? null);
}
