import type { ReasonCode } from "@/lib/model/node/reasons";
import { ConnectionError } from "./errors";

/** System and resolver error codes of Node.js. */
const REASON_OF_CODE: Readonly<Record<string, ReasonCode>> = {
  ECONNREFUSED: "connectionRefused",
  ENOTFOUND: "nameNotFound",
  EAI_AGAIN: "nameNotFound",
  EAI_NODATA: "nameNotFound",
  EAI_NONAME: "nameNotFound",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  EHOSTDOWN: "unreachable",
  ENETDOWN: "unreachable",
  EADDRNOTAVAIL: "unreachable",
  ENOENT: "socketMissing",
  ENOTDIR: "socketMissing",
  ENOTSOCK: "socketMissing",
  EACCES: "permissionDenied",
  EPERM: "permissionDenied",
  ETIMEDOUT: "connectTimeout",
  ECONNRESET: "connectionClosed",
  EPIPE: "connectionClosed",
  ECONNABORTED: "connectionClosed",
  EPROTO: "tlsFailed",
};

/** Certificate verification results: OpenSSL's X509_V_ERR names without their prefix. */
const UNTRUSTED =
  /^(CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_|HOSTNAME_MISMATCH|ERROR_IN_CERT_|ERR_TLS_CERT_)/;

/** The connection error for an error of a socket, the resolver, or TLS. Its detail is only the code. */
export function toConnectionError(error: unknown): ConnectionError {
  if (error instanceof ConnectionError) return error;
  const code = codeOf(error);
  if (UNTRUSTED.test(code)) return new ConnectionError("tlsUntrusted", code, { cause: error });
  if (code.startsWith("ERR_SSL_") || code.startsWith("ERR_TLS_") || code.startsWith("ERR_OSSL_")) {
    return new ConnectionError("tlsFailed", code, { cause: error });
  }
  return new ConnectionError(REASON_OF_CODE[code] ?? "unreachable", code || undefined, { cause: error });
}

function codeOf(error: unknown): string {
  // After trying several addresses, Node.js wraps one error per address; the first one is enough.
  const first = error instanceof AggregateError ? error.errors[0] : error;
  const code = first instanceof Error && "code" in first ? first.code : undefined;
  return typeof code === "string" ? code : "";
}
