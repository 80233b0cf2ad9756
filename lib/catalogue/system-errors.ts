/**
 * Why a request or a file failed, in words. Node.js, its HTTP client, its resolver and OpenSSL give codes, which don't
 * help people; their messages may repeat an address with a secret in it, so they are never shown.
 */

const WORDS: Readonly<Record<string, string>> = {
  // The system (errno).
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection reset",
  ECONNABORTED: "connection aborted",
  EPIPE: "connection closed",
  ENOTCONN: "connection closed",
  ETIMEDOUT: "connection timed out",
  EHOSTUNREACH: "no route to the host",
  EHOSTDOWN: "the host is down",
  ENETUNREACH: "no route to the network",
  ENETDOWN: "the network is down",
  EADDRNOTAVAIL: "no local address or port is free",
  EAFNOSUPPORT: "this address family is not supported",
  EPROTO: "TLS handshake failed",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EMFILE: "too many open files",
  ENFILE: "too many open files",
  ENOMEM: "not enough memory",
  ENOENT: "no such file or folder",
  ENOTDIR: "not a folder",
  EISDIR: "a folder, not a file",
  ELOOP: "too many symbolic links",
  ENAMETOOLONG: "the name is too long",
  EBUSY: "in use",
  EIO: "input/output error",
  ENOSPC: "no space left",
  EROFS: "read-only file system",
  ESTALE: "the network file system has lost the file",
  // The resolvers (`dns.lookup`, and c-ares).
  ENOTFOUND: "name not found",
  ENODATA: "the name has no such records",
  EAI_AGAIN: "name lookup failed temporarily",
  EAI_NODATA: "name not found",
  EAI_NONAME: "name not found",
  EAI_FAIL: "name lookup failed",
  ESERVFAIL: "the name server failed",
  EREFUSED: "the name server refused the query",
  EFORMERR: "the name server did not understand the query",
  ENOTIMP: "the name server does not support the query",
  EBADRESP: "invalid response from the name server",
  ETIMEOUT: "the name server did not respond in time",
  ECANCELLED: "timeout",
  EBADNAME: "invalid name",
  // undici, which is `fetch`.
  UND_ERR_CONNECT_TIMEOUT: "connection timed out",
  UND_ERR_HEADERS_TIMEOUT: "no response in time",
  UND_ERR_BODY_TIMEOUT: "the response stopped halfway",
  UND_ERR_SOCKET: "connection closed before the response was complete",
  UND_ERR_CLOSED: "connection closed",
  UND_ERR_DESTROYED: "connection closed",
  UND_ERR_ABORTED: "aborted",
  UND_ERR_HEADERS_OVERFLOW: "the response headers are too large",
  UND_ERR_RESPONSE_EXCEEDED_MAX_SIZE: "the response is too large",
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: "the response is shorter or longer than announced",
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: "the request could not be sent",
  UND_ERR_INVALID_ARG: "the request could not be sent",
  UND_ERR_NOT_SUPPORTED: "the request could not be sent",
  // OpenSSL.
  CERT_HAS_EXPIRED: "the certificate has expired",
  CERT_NOT_YET_VALID: "the certificate is not valid yet",
  CERT_REVOKED: "the certificate is revoked",
  DEPTH_ZERO_SELF_SIGNED_CERT: "the certificate is self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "a self-signed certificate is in the chain",
  HOSTNAME_MISMATCH: "the certificate is for another host",
  ERR_TLS_CERT_ALTNAME_INVALID: "the certificate is for another host",
  ERR_SSL_WRONG_VERSION_NUMBER: "no TLS on this port",
};

/** Families of codes, for those that are not listed. */
const FAMILIES: readonly (readonly [RegExp, string])[] = [
  [/^UND_ERR_PRX|PROXY/, "the proxy failed"],
  [/TIMEOUT|TIMEDOUT/, "timeout"],
  [/^HPE_/, "the response is not HTTP"],
  [/^(?:Z_|ERR__ERROR_|BROTLI_|ERR_BROTLI)/, "the compressed response is damaged"],
  [
    /^(?:UNABLE_TO_|CERT_|CRL_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_|ERROR_IN_C)/,
    "the certificate is not trusted",
  ],
  [/^(?:ERR_SSL_|ERR_TLS_|ERR_OSSL_)/, "TLS handshake failed"],
  [/^EAI_/, "name lookup failed"],
];

/**
 * The words for an error, its cause included. `otherwise`: for an error that says nothing. Never a code, and never the
 * message of the error.
 */
export function describeSystemError(error: unknown, otherwise = "connection failed"): string {
  const first = firstOf(error);
  if (first instanceof Error) {
    // The Fetch standard blocks ports of other protocols, such as mail.
    if (first.message === "bad port") return "HTTP requests to this port are blocked";
    if (first.name === "TimeoutError") return "timeout";
    if (first.name === "HTTPParserError") return "the response is not HTTP";
  }
  const code = codeOf(first);
  return code === null ? otherwise : (describeSystemCode(code) ?? otherwise);
}

/** The words for a code; null when it is not known. */
export function describeSystemCode(code: string): string | null {
  if (Object.hasOwn(WORDS, code)) return WORDS[code] ?? null;
  return FAMILIES.find(([shape]) => shape.test(code))?.[1] ?? null;
}

/** `fetch` wraps its error, and Node.js those of several addresses; the first one is enough. */
function firstOf(error: unknown): unknown {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof AggregateError ? (cause.errors[0] ?? cause) : cause;
}

function codeOf(error: unknown): string | null {
  const code = error instanceof Error && "code" in error ? error.code : null;
  return typeof code === "string" ? code : null;
}
