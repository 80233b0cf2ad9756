/**
 * Why a node is not `up`. A code per cause, so that a page can say it in the reader's language and a script
 * can match on it; `status` is the coarse answer, the reason the exact one.
 */
import type { NodeStatus } from "@/lib/model/node/node-status";

/** Each reason with the status it leads to and what an operator is told in English. */
export const REASONS = {
  connectionRefused: { status: "down", en: "connection refused: nothing listens there" },
  unreachable: { status: "down", en: "no route to the host" },
  nameNotFound: { status: "down", en: "the name does not resolve" },
  socketMissing: { status: "down", en: "the unix socket does not exist" },
  permissionDenied: { status: "down", en: "permission to open the unix socket was denied" },
  connectionsFull: { status: "down", en: "the node takes no more connections: maxconns (-c) is reached" },
  connectTimeout: { status: "down", en: "no answer to the connection attempt" },
  connectionClosed: { status: "down", en: "the node closed the connection before it answered" },
  replyTimeout: { status: "timeout", en: "connected, but no complete answer in time" },
  saslRefused: { status: "authFailed", en: "SASL refuses the configured user name and password" },
  authfileRefused: { status: "authFailed", en: "the authfile refuses the configured user name and password" },
  saslRequired: { status: "authRequired", en: "the node wants SASL sign-in and none is configured" },
  authfileRequired: { status: "authRequired", en: "the node wants authfile sign-in and none is configured" },
  saslMissing: { status: "authFailed", en: "SASL is configured, but the node does not offer it" },
  tlsFailed: { status: "protocolError", en: "the TLS handshake failed" },
  tlsUntrusted: { status: "protocolError", en: "the node's TLS certificate is not trusted" },
  notMemcached: { status: "protocolError", en: "what answers there does not speak memcached" },
  malformedReply: { status: "protocolError", en: "the node's answer breaks the protocol" },
  replyTooLarge: { status: "protocolError", en: "the node's answer is larger than any real one" },
  unsupported: { status: "protocolError", en: "the node refuses the command" },
} as const satisfies Record<string, { status: NodeStatus; en: string }>;

export type ReasonCode = keyof typeof REASONS;

export const REASON_CODES = Object.keys(REASONS) as [ReasonCode, ...ReasonCode[]];
