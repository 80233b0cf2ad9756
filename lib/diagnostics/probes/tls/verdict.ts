/** Turns a TLS handshake into findings. Pure. */
import type { NodeEndpoint } from "@/lib/memcached/contract";
import type { CertificateInfo, TlsHandshake, TlsInspection } from "@/lib/memcached/inspect/tls";
import type { Exposure, Severity } from "@/lib/model/findings/finding";
import { phrase } from "@/lib/model/findings/phrases";
import { DAY_MS } from "@/lib/model/time";
import { failed, failedAt, notApplicable, passed, unknown } from "../../check-builders";
import type { Check } from "../../contract";
import { type SeverityRow, severityAt } from "../../severity";
import { bounded, escaped } from "../../transcript";

export interface TlsObservations {
  readonly endpoint: Pick<NodeEndpoint, "address" | "tls">;
  readonly inspection: TlsInspection;
  readonly exposure: Exposure | null;
  /** `udpport` of its settings; null when not reported. */
  readonly udpPort: number | null;
  readonly nowMs: number;
}

/** Days before a certificate expires from which the finding is info, and warning. */
export const INFO_DAYS = 30;
export const WARNING_DAYS = 14;

const PLAINTEXT: SeverityRow = { loopback: "ok", private: "info", open: "info" };
/** As for UDP that answers: a client that can reach it needs no TLS. */
const UDP_PLAINTEXT: SeverityRow = { loopback: "warning", private: "critical", open: "critical" };

/** Always `tls-offered`; the checks of the certificate only for a node that is configured with TLS. */
export function judgeTls(observed: TlsObservations): readonly Check[] {
  const { endpoint, inspection } = observed;
  if (endpoint.tls === null) return [judgePlaintext(observed)];
  if (inspection.kind !== "offered") return [judgeMissing(inspection), judgeUdp(observed)];
  return [
    judgeOffered(inspection),
    judgeTrust(inspection, endpoint.tls.insecureSkipVerify),
    judgeExpiry(inspection, observed.nowMs),
    judgeName(inspection),
    judgeUdp(observed),
  ];
}

/** For a node on a unix socket without TLS: nothing crosses a network, so nothing is sent. */
export const UNIX_WITHOUT_TLS: Check = notApplicable({
  check: "tls-offered",
  title: "Nothing is sent over a network: the node uses a unix socket",
  figures: { how: "unix" },
  evidence: {},
});

/** No response proves nothing: the node may hang, or a device between may drop the handshake. */
function noResponse(): Check {
  return unknown(phrase("tlsNoResponse"), {
    check: "tls-offered",
    evidence: { offered: null, how: "silent" },
  });
}

function judgePlaintext({ inspection, exposure }: TlsObservations): Check {
  const check = "tls-offered";
  if (inspection.kind !== "not-offered") {
    return failed("warning", {
      check,
      title: "The node uses TLS, but Memfleet is configured without it",
      figures: { configured: "no", how: inspection.kind },
      evidence:
        inspection.kind === "offered" ? sessionOf(inspection) : { offered: true, code: inspection.code },
    });
  }
  const { how, code } = inspection;
  if (how === "silent") return noResponse();
  const severity = severityAt(exposure, PLAINTEXT);
  const base = {
    check,
    figures: { configured: "no", how },
    evidence: { offered: false, how, code, exposure },
  };
  return severity === "ok"
    ? notApplicable({ ...base, title: "No TLS, but the node listens on this machine only" })
    : failed(severity, { ...base, title: "No TLS: keys, values, and passwords are sent in plaintext" });
}

function judgeMissing(inspection: Exclude<TlsInspection, TlsHandshake>): Check {
  const check = "tls-offered";
  const { code } = inspection;
  if (inspection.kind === "failed") {
    return failed("warning", {
      check,
      title: "TLS handshake failed",
      figures: { configured: "yes", how: "failed", code },
      evidence: { offered: true, code },
    });
  }
  const { how } = inspection;
  if (how === "silent") return noResponse();
  return failed("warning", {
    check,
    title: "Memfleet is configured to use TLS, but the node doesn't offer it",
    figures: { configured: "yes", how, code },
    evidence: { offered: false, how, code },
  });
}

function judgeOffered(inspection: TlsHandshake): Check {
  const { protocol, cipher } = inspection;
  return passed({
    check: "tls-offered",
    title: `TLS is enabled: ${protocol} with ${cipher}`,
    figures: { configured: "yes", how: "offered", protocol, cipher },
    evidence: sessionOf(inspection),
  });
}

/** OpenSSL's verification errors (`X509_V_ERR_*`) that Node reports by these codes. */
const UNTRUSTED: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "it or its CA's certificate has expired",
  CERT_NOT_YET_VALID: "it or its CA's certificate is not valid yet",
  CERT_REVOKED: "it was revoked",
  CERT_SIGNATURE_FAILURE: "its signature is invalid",
  CERT_UNTRUSTED: "its CA is not trusted",
  DEPTH_ZERO_SELF_SIGNED_CERT: "it is self-signed",
  INVALID_CA: "the certificate that signed it is not a CA's",
  INVALID_PURPOSE: "it is not meant for a server",
  SELF_SIGNED_CERT_IN_CHAIN: "its root CA is not trusted",
  UNABLE_TO_GET_ISSUER_CERT: "its CA's certificate is missing",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its CA is unknown",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its CA is unknown and the node sends no intermediate certificate",
};

function judgeTrust(inspection: TlsHandshake, skipsVerification: boolean): Check {
  const { untrusted } = inspection;
  const base = {
    check: "tls-certificate",
    figures: { code: untrusted, verificationOff: skipsVerification ? "yes" : "no" },
    evidence: { untrusted, verificationOff: skipsVerification, ...chainOf(inspection) },
  };
  if (untrusted !== null) {
    const reason = Object.hasOwn(UNTRUSTED, untrusted) ? UNTRUSTED[untrusted] : escaped(untrusted);
    return failed("warning", { ...base, title: `Certificate is not trusted: ${reason}` });
  }
  if (!skipsVerification) return passed({ ...base, title: "Certificate is trusted" });
  const title = "Certificate is trusted, but Memfleet is configured not to verify it (insecureSkipVerify)";
  return { ...base, verdict: "pass", severity: "info", title };
}

function judgeExpiry(inspection: TlsHandshake, nowMs: number): Check {
  const check = "tls-expiry";
  const [leaf] = inspection.chain;
  if (leaf === undefined || Number.isNaN(leaf.validToMs) || Number.isNaN(leaf.validFromMs))
    return unknown(phrase("noValidity"), { check, evidence: {} });
  // Whole days, negative after the certificate expired.
  const days = Math.trunc((leaf.validToMs - nowMs) / DAY_MS);
  const validFrom = new Date(leaf.validFromMs).toISOString();
  const validTo = new Date(leaf.validToMs).toISOString();
  const baseOf = (state: "early" | "expired" | "valid") => ({
    check,
    figures: { days, validTo, validFrom, state },
    evidence: { validFrom, validTo, daysLeft: days },
  });
  if (nowMs < leaf.validFromMs) {
    return failed("critical", { ...baseOf("early"), title: `Certificate is not valid until ${validFrom}` });
  }
  if (nowMs >= leaf.validToMs) {
    const title = `Certificate expired: it was valid until ${validTo}`;
    return failed("critical", { ...baseOf("expired"), title });
  }
  const severity: Severity = days < WARNING_DAYS ? "warning" : days < INFO_DAYS ? "info" : "ok";
  const text = {
    ...baseOf("valid"),
    title: `Certificate expires in ${days === 1 ? "1 day" : `${days} days`}`,
  };
  return severity === "ok" ? passed(text) : failed(severity, text);
}

function judgeName({ host, chain, nameMatches }: TlsHandshake): Check {
  const names = (chain[0]?.altNames ?? []).map((name) => escaped(name).slice(0, 200));
  const subject = chain[0] === undefined ? null : escaped(chain[0].subject).slice(0, 500);
  const evidence = { host, subject, names, matches: nameMatches };
  const base = { check: "tls-name", figures: { host }, evidence };
  return nameMatches
    ? passed({ ...base, title: `Certificate matches ${host}` })
    : failed("warning", { ...base, title: `Certificate doesn't match ${host}` });
}

function judgeUdp({ udpPort, exposure }: TlsObservations): Check {
  const base = {
    check: "tls-udp-clear",
    figures: { port: udpPort },
    evidence: { udpportSetting: udpPort, exposure },
  };
  if (udpPort === null) return unknown(phrase("noUdpSetting"), base);
  if (udpPort === 0) return passed({ ...base, title: "No UDP alongside TLS" });
  const title = `UDP port ${udpPort} is enabled alongside TLS; memcached answers UDP in plaintext`;
  return failedAt(severityAt(exposure, UDP_PLAINTEXT), { ...base, title });
}

function sessionOf(inspection: TlsHandshake): Check["evidence"] {
  const { protocol, cipher } = inspection;
  return { offered: true, protocol, cipher, ...chainOf(inspection) };
}

function chainOf({ chain }: TlsHandshake): Check["evidence"] {
  return {
    fingerprint: chain[0] === undefined ? null : escaped(chain[0].fingerprint),
    chain: bounded(chain.map(renderCertificate).join("\n")),
  };
}

function renderCertificate(certificate: CertificateInfo, depth: number): string {
  const shown = (text: string) => escaped(text).slice(0, 500);
  const time = (ms: number) => (Number.isNaN(ms) ? "unknown" : new Date(ms).toISOString());
  return [
    `${depth} s: ${shown(certificate.subject)}`,
    `  i: ${shown(certificate.issuer)}`,
    `  valid: ${time(certificate.validFromMs)} to ${time(certificate.validToMs)}`,
    ...(certificate.altNames.length > 0 ? [`  names: ${shown(certificate.altNames.join(", "))}`] : []),
  ].join("\n");
}
