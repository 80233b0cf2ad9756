import { expect, it } from "vitest";
import { breaksConnection, CommandError, ConnectionError, printable, toNodeError } from "./errors";
import { toConnectionError } from "./socket-errors";

it.each([
  ["ECONNREFUSED", "connectionRefused"],
  ["ENOTFOUND", "nameNotFound"],
  ["EAI_AGAIN", "nameNotFound"],
  ["EHOSTUNREACH", "unreachable"],
  ["ENETUNREACH", "unreachable"],
  ["ENOENT", "socketMissing"],
  ["EACCES", "permissionDenied"],
  ["ETIMEDOUT", "connectTimeout"],
  ["ECONNRESET", "connectionClosed"],
  ["EPIPE", "connectionClosed"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "tlsUntrusted"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "tlsUntrusted"],
  ["CERT_HAS_EXPIRED", "tlsUntrusted"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "tlsUntrusted"],
  ["ERR_SSL_WRONG_VERSION_NUMBER", "tlsFailed"],
  ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "tlsFailed"],
  ["EMFILE", "unreachable"],
])("%s means %s", (code, reason) => {
  expect(toConnectionError(Object.assign(new Error("no"), { code })).reason).toBe(reason);
});

it("of several addresses tried, the first one's error counts", () => {
  const refused = Object.assign(new Error("no"), { code: "ECONNREFUSED" });
  expect(toConnectionError(new AggregateError([refused, refused])).reason).toBe("connectionRefused");
});

it("only a complete refusal leaves the connection usable", () => {
  expect(breaksConnection(new CommandError("unknownCommand", ""))).toBe(false);
  expect(breaksConnection(new ConnectionError("replyTimeout"))).toBe(true);
  expect(breaksConnection(new TypeError("a defect"))).toBe(true);
});

it("a node's error carries node, reason and status", () => {
  expect(toNodeError("a:1", new ConnectionError("saslRefused"))).toMatchObject({
    node: "a:1",
    reason: "saslRefused",
    status: "authFailed",
  });
  const defect = new TypeError("a defect");
  expect(toNodeError("a:1", defect)).toBe(defect);
});

it("a server's message is shortened and made printable", () => {
  expect(printable(`a\u001b[31m\r\n鍵${"x".repeat(500)}`)).toMatch(/^a\?\[31m\?\?\?x{111}$/);
});
