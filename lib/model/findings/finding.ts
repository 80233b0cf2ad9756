/** Values of diagnostics. Without schemas, for the browser. */

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

/** The default selection: all except the probe that stores a key. */
export const DEFAULT_PROBES: readonly ProbeName[] = PROBES.filter((probe) => probe !== "round-trip");

/** From best to worst. */
export const SEVERITIES = ["ok", "info", "warning", "critical"] as const;
export type Severity = (typeof SEVERITIES)[number];

/**
 * The result of a check. `open`, `refused`, `no-answer`: of a UDP probe. `pass`, `fail`: evaluated.
 * `not-applicable`: the check doesn't apply to the node. `unknown`: the node couldn't be queried, or doesn't report the
 * value. `patched`: an admin marked the node's build as patched.
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

/** How widely a node can be reached, by the addresses it reports to listen on. From least to most exposed. */
export const EXPOSURES = ["unix", "loopback", "private", "public", "all"] as const;
export type Exposure = (typeof EXPOSURES)[number];

export const DIAGNOSTIC_STATES = ["queued", "running", "done", "cancelled"] as const;
export type DiagnosticState = (typeof DIAGNOSTIC_STATES)[number];

/** Allowed UDP payloads: `version` by default, `stats` (the classic check) on request. */
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

/** The check reported for a probe that couldn't evaluate anything yet. */
export const NOT_CHECKED = "not-asked";
