/** From what a TLS handshake showed to findings. Pure. */

import type { NodeEndpoint } from "@/lib/memcached/contract";
import type { CertificateInfo, TlsInspection, TlsOffered } from "@/lib/memcached/inspect/tls";
import type { Exposure, Severity } from "@/lib/model/findings/finding";
import { DAY_MS } from "@/lib/model/time";
import { failed, notApplicable, passed, unknown } from "../../check-builders";
import type { Check } from "../../contract";
import { type SeverityRow, severityAt } from "../../severity";
import { bounded, escaped } from "../../transcript";

export interface TlsObservations {
  readonly endpoint: Pick<NodeEndpoint, "address" | "tls">;
  readonly inspection: TlsInspection;
  readonly exposure: Exposure | null;
  /** `udpport` of its settings; null when it does not tell. */
  readonly udpPort: number | null;
  readonly nowMs: number;
}

/** Days before a certificate ends at which it is told, and warned about. */
export const INFO_DAYS = 30;
export const WARNING_DAYS = 14;

const READABLE: SeverityRow = { loopback: "ok", private: "info", open: "info" };
/** As for UDP that answers: whoever reaches it needs no TLS. */
const UDP_IN_CLEAR: SeverityRow = { loopback: "warning", private: "critical", open: "critical" };

/** `tls-offered` always; the checks of the certificate only for a node that is configured with TLS. */
export function judgeTls(seen: TlsObservations): readonly Check[] {
  const { endpoint, inspection: look } = seen;
  if (endpoint.tls === null) return [judgePlain(seen)];
  if (look.kind !== "offered") return [judgeMissing(look), judgeUdp(seen)];
  return [
    judgeOffered(look),
    judgeTrust(look, endpoint.tls.insecureSkipVerify),
    judgeExpiry(look, seen.nowMs),
    judgeName(look),
    judgeUdp(seen),
  ];
}

/** For a node on a unix socket without TLS: nothing crosses a network, so nothing is asked. */
export const UNIX_WITHOUT_TLS: Check = notApplicable({
  check: "tls-offered",
  title: "Nothing crosses a network: the node is on a unix socket",
  figures: { how: "unix" },
  evidence: {},
});

/** Silence is no answer: the node may be frozen, or something between may drop what it does not know. */
function silent(): Check {
  return unknown({
    check: "tls-offered",
    title: "Nothing answered a TLS handshake in time: whether TLS is offered is not known",
    figures: { reason: "nothing answered a TLS handshake in time" },
    evidence: { offered: null, how: "silent" },
  });
}

function judgePlain({ inspection: look, exposure }: TlsObservations): Check {
  const check = "tls-offered";
  if (look.kind === "not-offered" && look.how === "silent") return silent();
  if (look.kind === "not-offered") {
    const severity = severityAt(exposure, READABLE);
    const told = {
      check,
      title: "TLS is not offered: keys, values and passwords cross the network readable",
      figures: { configured: "no", how: look.how },
      evidence: { offered: false, how: look.how, code: look.code, exposure },
    };
    if (severity !== "ok") return failed(severity, told);
    return notApplicable({ ...told, title: "TLS is not offered, and the node listens on this machine only" });
  }
  return failed("warning", {
    check,
    title: "The node speaks TLS, but Memfleet is configured to speak to it without",
    figures: { configured: "no", how: look.kind },
    evidence: look.kind === "offered" ? sessionOf(look) : { offered: true, code: look.code },
  });
}

function judgeMissing(look: Exclude<TlsInspection, TlsOffered>): Check {
  const check = "tls-offered";
  if (look.kind === "not-offered" && look.how === "silent") return silent();
  if (look.kind === "failed") {
    return failed("warning", {
      check,
      title: `The TLS handshake fails: ${look.code}`,
      figures: { configured: "yes", how: "failed", code: look.code },
      evidence: { offered: true, code: look.code },
    });
  }
  return failed("warning", {
    check,
    title: "Memfleet is configured to speak TLS to this node, but TLS is not offered",
    figures: { configured: "yes", how: look.how, code: look.code },
    evidence: { offered: false, how: look.how, code: look.code },
  });
}

function judgeOffered(look: TlsOffered): Check {
  return passed({
    check: "tls-offered",
    title: `TLS is offered: ${look.protocol} with ${look.cipher}`,
    figures: { configured: "yes", how: "offered", protocol: look.protocol, cipher: look.cipher },
    evidence: sessionOf(look),
  });
}

function judgeTrust(look: TlsOffered, skipped: boolean): Check {
  const check = "tls-certificate";
  const { untrusted } = look;
  const evidence = { untrusted, verificationOff: skipped, ...chainOf(look) };
  const figures = { code: untrusted, verificationOff: skipped ? "yes" : "no" };
  if (untrusted !== null) {
    const title = `The certificate is not trusted: ${escaped(untrusted)}`;
    return failed("warning", { check, title, figures, evidence });
  }
  if (!skipped) return passed({ check, title: "The certificate is trusted", figures, evidence });
  const title = "The certificate is trusted, but Memfleet is configured not to look (insecureSkipVerify)";
  return { check, verdict: "pass", severity: "info", title, figures, evidence };
}

function judgeExpiry(look: TlsOffered, nowMs: number): Check {
  const check = "tls-expiry";
  const [own] = look.chain;
  if (own === undefined || Number.isNaN(own.validToMs) || Number.isNaN(own.validFromMs))
    return unknown({ check, title: "The certificate does not tell how long it is valid", evidence: {} });
  // Whole days, also of those since it ended.
  const days = Math.trunc((own.validToMs - nowMs) / DAY_MS);
  const evidence = {
    validFrom: new Date(own.validFromMs).toISOString(),
    validTo: new Date(own.validToMs).toISOString(),
    daysLeft: days,
  };
  const figures = { days, validTo: evidence.validTo, validFrom: evidence.validFrom };
  if (nowMs < own.validFromMs) {
    const title = `The certificate is not valid before ${evidence.validFrom}`;
    return failed("critical", { check, title, figures: { ...figures, state: "early" }, evidence });
  }
  if (nowMs >= own.validToMs) {
    const title = `The certificate expired ${-days} days ago`;
    return failed("critical", { check, title, figures: { ...figures, state: "expired" }, evidence });
  }
  const severity: Severity = days < WARNING_DAYS ? "warning" : days < INFO_DAYS ? "info" : "ok";
  const title = `The certificate is valid for ${days} more days`;
  const said = { check, title, figures: { ...figures, state: "valid" }, evidence };
  return severity === "ok" ? passed(said) : failed(severity, said);
}

function judgeName(look: TlsOffered): Check {
  const check = "tls-name";
  const names = (look.chain[0]?.altNames ?? []).map((name) => escaped(name).slice(0, 200));
  const evidence = { host: look.host, subject: subjectOf(look), names, matches: look.nameMatches };
  const figures = { host: look.host };
  if (look.nameMatches)
    return passed({ check, title: `The certificate is made out to ${look.host}`, figures, evidence });
  const title = `The certificate is not made out to ${look.host}`;
  return failed("warning", { check, title, figures, evidence });
}

function judgeUdp({ udpPort, exposure }: TlsObservations): Check {
  const check = "tls-udp-clear";
  const evidence = { udpportSetting: udpPort, exposure };
  const figures = { port: udpPort };
  if (udpPort === null) {
    const title = "The node does not tell whether UDP, which TLS does not cover, is on";
    return unknown({ check, title, figures, evidence });
  }
  if (udpPort === 0) return passed({ check, title: "No UDP beside TLS", figures, evidence });
  const title = `By its settings UDP port ${udpPort} is open beside TLS; memcached answers UDP in clear`;
  const severity = severityAt(exposure, UDP_IN_CLEAR);
  return { check, verdict: "fail", severity, title, figures, evidence };
}

function sessionOf(look: TlsOffered): Check["evidence"] {
  return { offered: true, protocol: look.protocol, cipher: look.cipher, ...chainOf(look) };
}

function chainOf({ chain }: TlsOffered): Check["evidence"] {
  return {
    fingerprint: chain[0] === undefined ? null : escaped(chain[0].fingerprint),
    chain: bounded(chain.map(renderCertificate).join("\n")),
  };
}

function renderCertificate(certificate: CertificateInfo, depth: number): string {
  const words = (text: string) => escaped(text).slice(0, 500);
  const time = (ms: number) => (Number.isNaN(ms) ? "unknown" : new Date(ms).toISOString());
  return [
    `${depth} s: ${words(certificate.subject)}`,
    `  i: ${words(certificate.issuer)}`,
    `  valid: ${time(certificate.validFromMs)} to ${time(certificate.validToMs)}`,
    ...(certificate.altNames.length > 0 ? [`  names: ${words(certificate.altNames.join(", "))}`] : []),
  ].join("\n");
}

function subjectOf({ chain }: TlsOffered): string | null {
  return chain[0] === undefined ? null : escaped(chain[0].subject).slice(0, 500);
}
