/** Turns sign-in attempts without, with wrong and with configured credentials into findings. Pure. */
import type { NodeEndpoint } from "@/lib/memcached/contract";
import type {
  ConfiguredCredentialsReport,
  SignInOutcome,
  UnauthenticatedReply,
} from "@/lib/memcached/inspect/auth-check";
import type { Exposure } from "@/lib/model/findings/finding";
import { phrase } from "@/lib/model/findings/phrases";
import type { Attempt } from "../../attempt";
import { failedAt, notApplicable, passed, unknown } from "../../check-builders";
import type { Check } from "../../contract";
import { type SeverityRow, severityAt } from "../../severity";
import { bounded, escaped } from "../../transcript";

export interface AuthenticationObservations {
  readonly endpoint: Pick<NodeEndpoint, "address" | "credentials" | "tls">;
  readonly unauthenticated: UnauthenticatedReply;
  /** Null when the node requires no sign-in. */
  readonly wrong: Attempt<SignInOutcome> | null;
  /** Null when no credentials are configured. */
  readonly configured: Attempt<ConfiguredCredentialsReport> | null;
  readonly exposure: Exposure | null;
  /** `ssl_verify_mode` of its settings; null when not reported. */
  readonly verifyMode: string | null;
}

const NO_AUTHENTICATION: SeverityRow = { loopback: "info", private: "warning", open: "critical" };
const PLAINTEXT: SeverityRow = { loopback: "info", private: "warning", open: "warning" };

const NAMES = { sasl: "SASL", authfile: "authfile" } as const;

/** Always all five checks; one that doesn't apply is reported as such. */
export function judgeAuthentication(observed: AuthenticationObservations): readonly Check[] {
  return [
    signInNeeded(observed),
    unauthenticatedRefused(observed),
    wrongRefused(observed),
    configuredWork(observed),
    encrypted(observed),
  ];
}

function signInNeeded(observed: AuthenticationObservations): Check {
  const { signIn } = observed.unauthenticated;
  const mechanisms = shown(observed.unauthenticated.mechanisms).join(", ");
  const figures = { method: signIn, mechanisms };
  const evidence = { ...fingerprintOf(observed), transcript: transcriptOf(observed) };
  const base = { check: "sign-in-needed", figures, evidence };
  if (signIn !== "none") {
    const sasl = mechanisms === "" ? "SASL" : `SASL (${mechanisms})`;
    return passed({
      ...base,
      title: `Clients must authenticate with ${signIn === "sasl" ? sasl : "the authfile"}`,
    });
  }
  if (wantsCertificates(observed)) {
    const title = "Clients must present a TLS certificate; no user name is required";
    return passed({ ...base, title, figures: { ...figures, method: "certificate" } });
  }
  const title = "No authentication: anyone who can connect can read, change, and flush everything";
  return failedAt(severityAt(observed.exposure, NO_AUTHENTICATION), { ...base, title });
}

function unauthenticatedRefused({ unauthenticated, exposure }: AuthenticationObservations): Check {
  const { signIn, command, refused, answer } = unauthenticated;
  const base = {
    check: "no-credentials-refused",
    figures: { command, method: signIn },
    evidence: { command, refused, method: signIn, answer: escaped(answer) },
  };
  if (signIn === "none") {
    const title = "Authentication is not required, so there is nothing to reject";
    return notApplicable({ ...base, title });
  }
  if (refused) return passed({ ...base, title: `Rejects ${command} without credentials` });
  const title = `Offers ${NAMES[signIn]} authentication, but answers ${command} without credentials`;
  return failedAt(severityAt(exposure, NO_AUTHENTICATION), { ...base, title });
}

function wrongRefused({ unauthenticated, wrong, exposure }: AuthenticationObservations): Check {
  const method = unauthenticated.signIn;
  const evidence = { method, userName: phrase("generatedUser"), tries: wrong ? 1 : 0 };
  const base = { check: "wrong-credentials-refused", figures: { method }, evidence };
  if (wrong === null) {
    const title = "Authentication is not required, so no invalid password was tried";
    return notApplicable({ ...base, title });
  }
  if (!wrong.ok) {
    return unknown(wrong.reason, { ...base, evidence: { ...evidence, reason: wrong.reason } });
  }
  const tried = { ...base, evidence: { ...evidence, outcome: wrong.value } };
  if (wrong.value === "refused") {
    return passed({ ...tried, title: "Rejects an invalid user name and password" });
  }
  if (wrong.value === "not-asked") {
    const title = "No password was sent: the node offers no mechanism that Memfleet supports";
    return notApplicable({ ...tried, title });
  }
  const title = "Accepts an invalid user name and password";
  return failedAt(severityAt(exposure, NO_AUTHENTICATION), { ...tried, title });
}

function configuredWork({ endpoint, unauthenticated, configured }: AuthenticationObservations): Check {
  const method = endpoint.credentials?.kind ?? null;
  const evidence = { method, outcome: null, reason: null };
  const base = { check: "credentials-work", figures: { method }, evidence };
  if (configured === null && unauthenticated.signIn !== "none") {
    return unknown(phrase("noCredentials"), base);
  }
  if (configured === null) {
    return notApplicable({ ...base, title: "No credentials are configured or required" });
  }
  if (!configured.ok) {
    const { reason } = configured;
    return unknown(reason, { ...base, evidence: { ...evidence, reason } });
  }
  const { outcome } = configured.value;
  const tried = { ...base, evidence: { ...evidence, outcome } };
  if (outcome === "accepted") return passed({ ...tried, title: "Accepts the configured credentials" });
  const title =
    outcome === "refused"
      ? "Rejects the configured credentials"
      : "Credentials are configured, but the node doesn't require them";
  const severity = outcome === "refused" ? "warning" : "info";
  return failedAt(severity, { ...tried, title, figures: { method, outcome } });
}

function encrypted({ endpoint, unauthenticated, exposure }: AuthenticationObservations): Check {
  const { signIn, mechanisms } = unauthenticated;
  const figures = { method: signIn };
  const evidence = { method: signIn, mechanisms: shown(mechanisms), tls: endpoint.tls !== null };
  const base = { check: "sign-in-encrypted", figures, evidence };
  const encryptedBy = (way: string, title: string) =>
    passed({ ...base, title, figures: { ...figures, way } });
  if (signIn === "none") {
    return notApplicable({ ...base, title: "Authentication is not required, so no password is sent" });
  }
  if (endpoint.address.kind === "unix") {
    return encryptedBy("unix", "The password is only sent over a unix socket");
  }
  if (endpoint.tls !== null) return encryptedBy("tls", "The password is sent over TLS");
  if (signIn === "sasl" && !mechanisms.includes("PLAIN")) {
    return encryptedBy("unreadable", "SASL without PLAIN: the password is never sent in plaintext");
  }
  const how = signIn === "sasl" ? "SASL PLAIN" : "authfile";
  const title = `The ${how} password is sent in plaintext: the node is configured without TLS`;
  return failedAt(severityAt(exposure, PLAINTEXT), { ...base, title });
}

/** OpenSSL's `SSL_VERIFY_FAIL_IF_NO_PEER_CERT` is the bit 2; memcached reports the flags it has set. */
function wantsCertificates({ endpoint, verifyMode }: AuthenticationObservations): boolean {
  const flags = verifyMode !== null && /^\d{1,3}$/.test(verifyMode) ? Number(verifyMode) : 0;
  return endpoint.tls !== null && (flags & 2) !== 0;
}

function fingerprintOf(observed: AuthenticationObservations): Check["evidence"] {
  return {
    method: observed.unauthenticated.signIn,
    mechanisms: shown(observed.unauthenticated.mechanisms),
    clientCertificates: wantsCertificates(observed),
    exposure: observed.exposure,
  };
}

/** A node may name any number of mechanisms. */
function shown(mechanisms: readonly string[]): string[] {
  return mechanisms.slice(0, 20).map((name) => escaped(name).slice(0, 40));
}

function transcriptOf({ unauthenticated }: AuthenticationObservations): string {
  const { signIn, command, answer, mechanisms } = unauthenticated;
  const listed = signIn === "sasl" ? ["> SASL list mechanisms", `< ${shown(mechanisms).join(" ")}`] : [];
  return bounded([...listed, `> ${command}`, `< ${escaped(answer)}`].join("\n"));
}
