/** What a node shows of itself in a TLS handshake. No request is made. */
import {
  checkServerIdentity,
  type DetailedPeerCertificate,
  type TLSSocket,
  connect as tlsConnect,
} from "node:tls";
import { Deadline } from "../connection/deadline";
import { ConnectionError, toNodeError } from "../connection/errors";
import { contextOf, endpointLabel, servernameOf } from "../connection/open";
import { toConnectionError } from "../connection/socket-errors";
import type { Deadlines, NodeEndpoint, NodeTls } from "../contract";

/** One certificate, in the node's words: data, whatever they spell. */
export interface CertificateInfo {
  readonly subject: string;
  readonly issuer: string;
  /** `DNS:…`, `IP Address:…`; empty without the extension. */
  readonly altNames: readonly string[];
  readonly serialNumber: string;
  /** SHA-256 of the certificate, as OpenSSL writes it. */
  readonly fingerprint: string;
  /** Unix milliseconds. */
  readonly validFromMs: number;
  readonly validToMs: number;
}

export interface TlsOffered {
  readonly kind: "offered";
  /** `TLSv1.3`. */
  readonly protocol: string;
  readonly cipher: string;
  /** The node's own certificate first, at most eight. */
  readonly chain: readonly CertificateInfo[];
  /** Why the chain does not lead to a trusted authority, as OpenSSL's code; null when it does. */
  readonly untrusted: string | null;
  /** What the certificate was held against. */
  readonly host: string;
  readonly nameMatches: boolean;
}

export type TlsInspection =
  | TlsOffered
  /** It speaks TLS, but the handshake failed with this code: no common version, a client certificate is wanted. */
  | { readonly kind: "failed"; readonly code: string }
  /** `other`: the answer was not TLS; `closed`: it hung up; `silent`: nothing came. None of its bytes are kept. */
  | {
      readonly kind: "not-offered";
      readonly how: "other" | "closed" | "silent";
      readonly code: string | null;
    };

/** For a node that is configured without TLS: no server name, so that nothing but the handshake's own bytes goes out. */
const NO_TLS: NodeTls = { insecureSkipVerify: true };
const MAX_CHAIN = 8;

/**
 * Begins a handshake on a connection of its own, keeps what the node showed, and closes it. The certificate is
 * verified as configured, whether or not `insecureSkipVerify` is set. A plain node reads the greeting as an unknown
 * command and answers `ERROR`. Rejects with `NodeError` when no connection stands.
 */
export function inspectTls(endpoint: NodeEndpoint, deadlines: Deadlines): Promise<TlsInspection> {
  const { address, tls } = endpoint;
  return new Promise((resolve, reject) => {
    let connected = false;
    const deadline = new Deadline(deadlines.connectTimeoutMs);
    const end = (finish: () => void) => {
      deadline.clear();
      socket.on("error", () => undefined);
      socket.destroy();
      finish();
    };
    const fail = (error: unknown) => {
      const fault = toConnectionError(error);
      if (!connected) return end(() => reject(toNodeError(endpoint.id, fault)));
      end(() => resolve(unfinished(fault)));
    };
    let socket: TLSSocket;
    try {
      socket = tlsConnect({
        ...endpointLabel(address),
        servername: tls === null ? undefined : servernameOf(address, tls),
        secureContext: contextOf(tls ?? NO_TLS),
        rejectUnauthorized: false,
      });
    } catch (error) {
      deadline.clear();
      reject(toNodeError(endpoint.id, toConnectionError(error)));
      return;
    }
    deadline.guard(() => fail(new ConnectionError(connected ? "replyTimeout" : "connectTimeout")));
    socket.once("connect", () => {
      connected = true;
    });
    socket.once("error", fail);
    socket.once("close", () => fail(new ConnectionError("connectionClosed")));
    socket.once("secureConnect", () => {
      const look = offered(socket, tls?.servername ?? (address.kind === "tcp" ? address.host : "localhost"));
      end(() => resolve(look));
    });
  });
}

/** OpenSSL's codes for an answer that is no TLS record at all. */
const NOT_TLS =
  /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|BAD_RECORD_TYPE|RECORD_LAYER_FAILURE/;

function unfinished(fault: ConnectionError): TlsInspection {
  if (fault.reason === "replyTimeout") return { kind: "not-offered", how: "silent", code: null };
  if (fault.reason === "connectionClosed") return { kind: "not-offered", how: "closed", code: null };
  const code = fault.detail ?? fault.reason;
  return NOT_TLS.test(code) ? { kind: "not-offered", how: "other", code } : { kind: "failed", code };
}

function offered(socket: TLSSocket, host: string): TlsOffered {
  const own = socket.getPeerCertificate(true);
  return {
    kind: "offered",
    protocol: socket.getProtocol() ?? "unknown",
    cipher: socket.getCipher().name,
    chain: chainOf(own),
    untrusted: untrustedOf(socket),
    host,
    nameMatches: checkServerIdentity(host, own) === undefined,
  };
}

/** Node reports one problem: that of the chain, else that of the name, which is told on its own. */
function untrustedOf(socket: TLSSocket): string | null {
  const { authorized, authorizationError } = socket;
  if (authorized) return null;
  const problem: unknown = authorizationError;
  const code = problem instanceof Error ? problem.message : String(problem);
  return code === "ERR_TLS_CERT_ALTNAME_INVALID" ? null : code;
}

function chainOf(own: DetailedPeerCertificate): CertificateInfo[] {
  const chain: CertificateInfo[] = [];
  let at: DetailedPeerCertificate | undefined = own;
  // A root is its own issuer.
  while (at?.raw !== undefined && chain.length < MAX_CHAIN) {
    chain.push(certificateInfo(at));
    at = at.issuerCertificate === at ? undefined : at.issuerCertificate;
  }
  return chain;
}

function certificateInfo(certificate: DetailedPeerCertificate): CertificateInfo {
  return {
    subject: nameOf(certificate.subject),
    issuer: nameOf(certificate.issuer),
    altNames: certificate.subjectaltname?.split(", ").slice(0, 50) ?? [],
    serialNumber: certificate.serialNumber,
    fingerprint: certificate.fingerprint256,
    validFromMs: Date.parse(certificate.valid_from),
    validToMs: Date.parse(certificate.valid_to),
  };
}

/** `CN=cache-1, O=Example`. */
function nameOf(name: object | undefined): string {
  return Object.entries(name ?? {})
    .map(([part, value]) => `${part}=${Array.isArray(value) ? value.join("+") : String(value)}`)
    .join(", ");
}
