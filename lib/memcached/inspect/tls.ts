/** The TLS handshake of a node. Sends no request. */
import {
  checkServerIdentity,
  type DetailedPeerCertificate,
  type TLSSocket,
  connect as tlsConnect,
} from "node:tls";
import { Deadline } from "../connection/deadline";
import { ConnectionError, toNodeError } from "../connection/errors";
import { addressesToConnect, namedAddress } from "../connection/name-addresses";
import { connectOptions, contextOf, resolveWithin, servernameOf } from "../connection/open";
import { toConnectionError } from "../connection/socket-errors";
import type { Deadlines, NodeEndpoint, NodeTls } from "../contract";

/** One certificate, as the node sent it. */
export interface CertificateInfo {
  readonly subject: string;
  readonly issuer: string;
  /** `DNS:…`, `IP Address:…`; empty without subject alternative names. */
  readonly altNames: readonly string[];
  readonly serialNumber: string;
  /** SHA-256 of the certificate, in OpenSSL's format. */
  readonly fingerprint: string;
  /** Unix milliseconds. */
  readonly validFromMs: number;
  readonly validToMs: number;
}

export interface TlsHandshake {
  readonly kind: "offered";
  /** `TLSv1.3`. */
  readonly protocol: string;
  readonly cipher: string;
  /** The node's own certificate first, at most eight. */
  readonly chain: readonly CertificateInfo[];
  /** OpenSSL's code if the chain does not lead to a trusted authority; null if it does. */
  readonly untrusted: string | null;
  /** The host that the certificate must match. */
  readonly host: string;
  readonly nameMatches: boolean;
}

export type TlsInspection =
  | TlsHandshake
  /** It speaks TLS, but the handshake failed with this code: no common version, or a client certificate is required. */
  | { readonly kind: "failed"; readonly code: string }
  /** `other`: the reply was not TLS; `closed`: it closed the connection; `silent`: no reply. */
  | {
      readonly kind: "not-offered";
      readonly how: "other" | "closed" | "silent";
      readonly code: string | null;
    };

/** For a node configured without TLS. The handshake has no server name, so it discloses nothing. */
const NO_TLS: NodeTls = { insecureSkipVerify: true };
const MAX_CHAIN = 8;

/**
 * Performs a handshake on a new connection and closes it. The certificate is verified as configured, regardless of
 * `insecureSkipVerify`. A node without TLS parses the handshake as an unknown command and replies `ERROR`. Rejects with
 * `NodeError` if it cannot connect.
 */
export async function inspectTls(endpoint: NodeEndpoint, deadlines: Deadlines): Promise<TlsInspection> {
  const name = namedAddress(endpoint.address);
  if (name === null) return handshakeAt(endpoint, null, deadlines);
  const deadline = new Deadline(deadlines.connectTimeoutMs);
  try {
    const [inUse] = await resolveWithin(deadline.timeoutMs, deadline, addressesToConnect(name, 0));
    return await handshakeAt(endpoint, inUse?.ip ?? null, deadlines);
  } catch (error) {
    throw toNodeError(endpoint.id, error);
  } finally {
    deadline.clear();
  }
}

function handshakeAt(
  endpoint: NodeEndpoint,
  ip: string | null,
  deadlines: Deadlines,
): Promise<TlsInspection> {
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
    const fail = (cause: unknown) => {
      const error = toConnectionError(cause);
      if (!connected) return end(() => reject(toNodeError(endpoint.id, error)));
      end(() => resolve(failedHandshake(error)));
    };
    let socket: TLSSocket;
    try {
      socket = tlsConnect({
        ...connectOptions(address, ip),
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
      const host = tls?.servername ?? (address.kind === "tcp" ? address.host : "localhost");
      const handshake = handshakeOf(socket, host);
      end(() => resolve(handshake));
    });
  });
}

/** OpenSSL's codes for a reply that is not a TLS record. */
const NOT_TLS =
  /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|BAD_RECORD_TYPE|RECORD_LAYER_FAILURE/;

function failedHandshake(error: ConnectionError): TlsInspection {
  if (error.reason === "replyTimeout") return { kind: "not-offered", how: "silent", code: null };
  if (error.reason === "connectionClosed") return { kind: "not-offered", how: "closed", code: null };
  const code = error.detail ?? error.reason;
  return NOT_TLS.test(code) ? { kind: "not-offered", how: "other", code } : { kind: "failed", code };
}

function handshakeOf(socket: TLSSocket, host: string): TlsHandshake {
  const certificate = socket.getPeerCertificate(true);
  return {
    kind: "offered",
    protocol: socket.getProtocol() ?? "unknown",
    cipher: socket.getCipher().name,
    chain: chainOf(certificate),
    untrusted: untrustedOf(socket),
    host,
    nameMatches: checkServerIdentity(host, certificate) === undefined,
  };
}

/** Node.js reports one problem: that of the chain, else that of the name, which `nameMatches` reports. */
function untrustedOf(socket: TLSSocket): string | null {
  const { authorized, authorizationError } = socket;
  if (authorized) return null;
  const problem: unknown = authorizationError;
  const code = problem instanceof Error ? problem.message : String(problem);
  return code === "ERR_TLS_CERT_ALTNAME_INVALID" ? null : code;
}

function chainOf(leaf: DetailedPeerCertificate): CertificateInfo[] {
  const chain: CertificateInfo[] = [];
  let certificate: DetailedPeerCertificate | undefined = leaf;
  // A root is its own issuer.
  while (certificate?.raw !== undefined && chain.length < MAX_CHAIN) {
    chain.push(certificateInfo(certificate));
    const issuer: DetailedPeerCertificate = certificate.issuerCertificate;
    certificate = issuer === certificate ? undefined : issuer;
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
