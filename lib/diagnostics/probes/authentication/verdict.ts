/** From what strangers, wrong and configured credentials were told to findings. Pure. */
import type { NodeEndpoint } from "@/lib/memcached/contract";
import type {
  ConfiguredCredentialsReport,
  SignInOutcome,
  UnauthenticatedReply,
} from "@/lib/memcached/inspect/auth-check";
import type { Exposure } from "@/lib/model/findings/finding";
import type { Check } from "../../contract";
import { type SeverityRow, severityAt } from "../../severity";
import { bounded, escaped } from "../../transcript";

/** What came of something that was tried; `reason` in English when it could not be. */
export type Attempt<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: string };

export interface AuthenticationObservations {
  readonly endpoint: Pick<NodeEndpoint, "address" | "credentials" | "tls">;
  readonly unauthenticated: UnauthenticatedReply;
  /** Null when there was no sign-in to try. */
  readonly wrong: Attempt<SignInOutcome> | null;
  /** Null when no credentials are configured. */
  readonly configured: Attempt<ConfiguredCredentialsReport> | null;
  readonly exposure: Exposure | null;
  /** `ssl_verify_mode` of its settings; null when it does not tell. */
  readonly verifyMode: string | null;
}

const NOBODY_SIGNS_IN: SeverityRow = { loopback: "info", private: "warning", open: "critical" };
const IN_CLEAR: SeverityRow = { loopback: "info", private: "warning", open: "warning" };

const NAMES = { sasl: "SASL", authfile: "authfile" } as const;

/** The five checks, always all of them: a check that has nothing to judge says so. */
export function judgeAuthentication(seen: AuthenticationObservations): readonly Check[] {
  return [
    signInNeeded(seen),
    unauthenticatedRefused(seen),
    wrongRefused(seen),
    configuredWork(seen),
    encrypted(seen),
  ];
}

function signInNeeded(seen: AuthenticationObservations): Check {
  const { unauthenticated: stranger, exposure } = seen;
  const evidence = { ...fingerprintOf(seen), transcript: transcriptOf(seen) };
  const figures = { method: stranger.signIn, mechanisms: mechanismsOf(seen) };
  const check = "sign-in-needed";
  if (stranger.signIn !== "none") {
    const offered = stranger.mechanisms.length > 0 ? ` (${mechanismsOf(seen)})` : "";
    const title = `Clients have to sign in by ${NAMES[stranger.signIn]}${offered}`;
    return { check, verdict: "pass", severity: "ok", title, figures, evidence };
  }
  if (wantsCertificates(seen)) {
    const title = "Clients have to show a TLS certificate; no user name is asked for";
    const method = "certificate";
    return { check, verdict: "pass", severity: "ok", title, figures: { ...figures, method }, evidence };
  }
  const severity = severityAt(exposure, NOBODY_SIGNS_IN);
  const title = "Nobody has to sign in: whoever can connect can read, change and flush everything";
  return { check, verdict: "fail", severity, title, figures, evidence };
}

function unauthenticatedRefused({ unauthenticated: stranger, exposure }: AuthenticationObservations): Check {
  const { signIn, command, refused } = stranger;
  const check = "no-credentials-refused";
  const figures = { command, method: signIn };
  const evidence = { command, refused, method: signIn, answer: escaped(stranger.answer) };
  if (signIn === "none") {
    const title = "No sign-in is asked for, so there is nothing to refuse";
    return { check, verdict: "not-applicable", severity: "ok", title, figures, evidence };
  }
  if (refused) {
    const title = `The node is up and refuses ${command} without credentials`;
    return { check, verdict: "pass", severity: "ok", title, figures, evidence };
  }
  const severity = severityAt(exposure, NOBODY_SIGNS_IN);
  const title = `The node offers ${NAMES[signIn]} but answers ${command} without credentials`;
  return { check, verdict: "fail", severity, title, figures, evidence };
}

function wrongRefused({ unauthenticated: stranger, wrong, exposure }: AuthenticationObservations): Check {
  const check = "wrong-credentials-refused";
  const evidence = { method: stranger.signIn, userName: "made up for this one try", tries: wrong ? 1 : 0 };
  const figures = { method: stranger.signIn };
  if (wrong === null) {
    const title = "No sign-in is asked for, so no wrong password was tried";
    return { check, verdict: "not-applicable", severity: "ok", title, figures, evidence };
  }
  if (!wrong.ok) {
    const title = "It could not be tried whether a wrong password is refused";
    return {
      check,
      verdict: "unknown",
      severity: "info",
      title,
      figures: { ...figures, reason: wrong.reason },
      evidence: { ...evidence, reason: wrong.reason },
    };
  }
  const outcome = { ...evidence, outcome: wrong.value };
  if (wrong.value === "refused") {
    const title = "A made-up user name and password are refused";
    return { check, verdict: "pass", severity: "ok", title, figures, evidence: outcome };
  }
  if (wrong.value === "not-asked") {
    const title = "No password was sent: the node offers no mechanism that Memfleet speaks";
    return { check, verdict: "not-applicable", severity: "ok", title, figures, evidence: outcome };
  }
  const severity = severityAt(exposure, NOBODY_SIGNS_IN);
  const title = "A made-up user name and password are accepted";
  return { check, verdict: "fail", severity, title, figures, evidence: outcome };
}

function configuredWork({
  endpoint,
  unauthenticated: stranger,
  configured,
}: AuthenticationObservations): Check {
  const check = "credentials-work";
  const method = endpoint.credentials?.kind ?? null;
  const figures = { method };
  const evidence = { method, outcome: null, reason: null };
  if (configured === null) {
    const needed = stranger.signIn !== "none";
    return {
      check,
      verdict: needed ? "unknown" : "not-applicable",
      severity: needed ? "info" : "ok",
      title: needed
        ? "Clients have to sign in, but Memfleet has no credentials to try"
        : "No credentials are configured and none are needed",
      figures,
      evidence,
    };
  }
  if (!configured.ok) {
    const { reason } = configured;
    const title = "The configured credentials could not be tried";
    return {
      check,
      verdict: "unknown",
      severity: "info",
      title,
      figures: { method, reason },
      evidence: { ...evidence, reason },
    };
  }
  const { outcome } = configured.value;
  const seen = { ...evidence, outcome };
  if (outcome === "accepted") {
    const title = "The configured credentials are accepted";
    return { check, verdict: "pass", severity: "ok", title, figures, evidence: seen };
  }
  const title =
    outcome === "refused"
      ? "The configured credentials are refused"
      : "Credentials are configured, but the node does not ask for them";
  const severity = outcome === "refused" ? "warning" : "info";
  return { check, verdict: "fail", severity, title, figures: { method, outcome }, evidence: seen };
}

function encrypted({ endpoint, unauthenticated: stranger, exposure }: AuthenticationObservations): Check {
  const check = "sign-in-encrypted";
  const { signIn, mechanisms } = stranger;
  const readable = signIn === "authfile" || (signIn === "sasl" && mechanisms.includes("PLAIN"));
  const figures = { method: signIn };
  const evidence = { method: signIn, mechanisms: shown(mechanisms), tls: endpoint.tls !== null };
  if (signIn === "none") {
    const title = "No password crosses the network: no sign-in is asked for";
    return { check, verdict: "not-applicable", severity: "ok", title, figures, evidence };
  }
  if (endpoint.address.kind === "unix") {
    const title = "The password crosses a unix socket only";
    return { check, verdict: "pass", severity: "ok", title, figures: { ...figures, way: "unix" }, evidence };
  }
  if (endpoint.tls !== null) {
    const title = "The password crosses the network inside TLS";
    return { check, verdict: "pass", severity: "ok", title, figures: { ...figures, way: "tls" }, evidence };
  }
  if (!readable) {
    const title = "SASL without PLAIN: no readable password crosses the network";
    return {
      check,
      verdict: "pass",
      severity: "ok",
      title,
      figures: { ...figures, way: "unreadable" },
      evidence,
    };
  }
  const how = signIn === "sasl" ? "SASL PLAIN" : "the authfile";
  const title = `The password of ${how} crosses the network readable: the node is configured without TLS`;
  return { check, verdict: "fail", severity: severityAt(exposure, IN_CLEAR), title, figures, evidence };
}

/** OpenSSL's `SSL_VERIFY_FAIL_IF_NO_PEER_CERT` is the bit 2; memcached reports the flags it has set. */
function wantsCertificates({ endpoint, verifyMode }: AuthenticationObservations): boolean {
  const flags = verifyMode !== null && /^\d{1,3}$/.test(verifyMode) ? Number(verifyMode) : 0;
  return endpoint.tls !== null && (flags & 2) !== 0;
}

function fingerprintOf(seen: AuthenticationObservations): Check["evidence"] {
  return {
    method: seen.unauthenticated.signIn,
    mechanisms: shown(seen.unauthenticated.mechanisms),
    clientCertificates: wantsCertificates(seen),
    exposure: seen.exposure,
  };
}

/** A node may name as many mechanisms as it likes. */
function shown(mechanisms: readonly string[]): string[] {
  return mechanisms.slice(0, 20).map((name) => escaped(name).slice(0, 40));
}

function mechanismsOf({ unauthenticated: stranger }: AuthenticationObservations): string {
  return shown(stranger.mechanisms).join(", ");
}

function transcriptOf({ unauthenticated: stranger }: AuthenticationObservations): string {
  const { signIn, command, answer } = stranger;
  const mechanisms = shown(stranger.mechanisms).join(" ");
  const listed = signIn === "sasl" ? ["> SASL list mechanisms", `< ${mechanisms}`] : [];
  return bounded([...listed, `> ${command}`, `< ${escaped(answer)}`].join("\n"));
}
