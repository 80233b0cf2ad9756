/**
 * Why a node is not `up`. Each cause has a code, for translation and for scripts. The status is coarse, the reason exact.
 */
import type { NodeStatus } from "./node-status";

/** Each reason with its status and its English text. */
export const REASONS = {
  connectionRefused: { status: "down", en: "connection refused (nothing is listening on the port)" },
  unreachable: { status: "down", en: "no route to host" },
  nameNotFound: { status: "down", en: "host name could not be resolved" },
  socketMissing: { status: "down", en: "unix socket not found" },
  permissionDenied: { status: "down", en: "permission denied on the unix socket" },
  connectionsFull: { status: "down", en: "connection limit reached (maxconns, -c)" },
  connectTimeout: { status: "down", en: "connection timed out" },
  connectionClosed: { status: "down", en: "connection closed by the node before it responded" },
  replyTimeout: { status: "timeout", en: "connected, but the response timed out" },
  saslRefused: { status: "authFailed", en: "SASL rejected the configured user name and password" },
  authfileRefused: {
    status: "authFailed",
    en: "the authfile rejected the configured user name and password",
  },
  saslRequired: { status: "authRequired", en: "SASL authentication required but not configured" },
  authfileRequired: { status: "authRequired", en: "authfile authentication required but not configured" },
  saslMissing: { status: "authFailed", en: "SASL configured but not supported by the node" },
  tlsFailed: { status: "protocolError", en: "TLS handshake failed" },
  tlsUntrusted: { status: "protocolError", en: "TLS certificate not trusted" },
  notMemcached: { status: "protocolError", en: "not a memcached server" },
  malformedReply: { status: "protocolError", en: "malformed response (protocol violation)" },
  replyTooLarge: { status: "protocolError", en: "response too large" },
  unsupported: { status: "protocolError", en: "command rejected by the node" },
} as const satisfies Record<string, { status: NodeStatus; en: string }>;

export type ReasonCode = keyof typeof REASONS;

export const REASON_CODES = Object.keys(REASONS) as [ReasonCode, ...ReasonCode[]];
