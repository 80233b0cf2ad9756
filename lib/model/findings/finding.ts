/** What diagnosing knows. Without schemas: the browser filters by these. */

export const PROBES = [
  "udp-exposure",
  "listeners",
  "authentication",
  "tls",
  "advisories",
  "settings",
  "health",
  "round-trip",
  "reachability",
] as const;
export type ProbeName = (typeof PROBES)[number];

/** Run when nothing is chosen: all but the one that stores a key. */
export const DEFAULT_PROBES: readonly ProbeName[] = PROBES.filter((probe) => probe !== "round-trip");

/** From best to worst. */
export const SEVERITIES = ["ok", "info", "warning", "critical"] as const;
export type Severity = (typeof SEVERITIES)[number];

/**
 * What was seen. `open`, `refused`, `no-answer`: of a UDP probe. `pass`, `fail`: a check that can be judged.
 * `not-applicable`: the node has nothing to check. `unknown`: it could not be asked, or does not tell; no verdict.
 * `patched`: somebody said that this node's build has the fix.
 */
export const VERDICTS = [
  "open",
  "refused",
  "no-answer",
  "pass",
  "fail",
  "not-applicable",
  "unknown",
  "patched",
] as const;
export type Verdict = (typeof VERDICTS)[number];

/** How far a node can be reached from where it listens, by its own words. From safest to most exposed. */
export const EXPOSURES = ["unix", "loopback", "private", "public", "all"] as const;
export type Exposure = (typeof EXPOSURES)[number];

export const DIAGNOSTIC_STATES = ["queued", "running", "done", "cancelled"] as const;
export type DiagnosticState = (typeof DIAGNOSTIC_STATES)[number];

/** UDP payloads that may be sent: `version` by default, the classic `stats` check on request. */
export const UDP_PAYLOADS = ["version", "stats"] as const;
export type UdpPayload = (typeof UDP_PAYLOADS)[number];

export const REMEDY_KINDS = [
  "explanation",
  "sysconfig",
  "debian",
  "systemd",
  "docker",
  "compose",
  "kubernetes",
  "sasl",
  "authfile",
  "tls",
  "firewalld",
  "nftables",
  "iptables",
  "ufw",
  "security-group",
  "verify",
  "cost",
] as const;
export type RemedyKind = (typeof REMEDY_KINDS)[number];

/** `whole`: with evidence and remedies. `report`: without remedies. `brief`: without either. */
export const FINDING_FORMS = ["whole", "report", "brief"] as const;
export type FindingForm = (typeof FINDING_FORMS)[number];

/** The check of a probe that could say nothing of a node so far. */
export const NOT_CHECKED = "not-asked";
