import { describe, expect, it } from "vitest";
import type { NodeCredentials, NodeEndpoint } from "../contract";
import { ConnectionError } from "./errors";
import { chooseProtocol, protocolFromConfiguration } from "./protocol-choice";
import type { DetectedProtocol } from "./protocol-detection";

const sasl: NodeCredentials = { kind: "sasl", username: "u", password: "p" };
const ascii: NodeCredentials = { kind: "ascii", username: "u", password: "p" };

const binary = (more: Partial<Extract<DetectedProtocol, { kind: "binary" }>> = {}): DetectedProtocol => ({
  kind: "binary",
  version: "1.6.18",
  mechanisms: null,
  ...more,
});
const saslNode = binary({ mechanisms: ["PLAIN"] });
const textOnly: DetectedProtocol = { kind: "text" };
const authfile: DetectedProtocol = { kind: "authfile" };
const closed: DetectedProtocol = { kind: "closed" };

/** What a node of this kind gets spoken with, or the reason it does not. */
function outcome(
  protocol: NodeEndpoint["protocol"],
  credentials: NodeCredentials | null,
  found: DetectedProtocol,
): string {
  try {
    return (
      protocolFromConfiguration({ protocol, credentials }) ?? chooseProtocol({ protocol, credentials }, found)
    ).protocol;
  } catch (error) {
    return error instanceof ConnectionError ? error.reason : String(error);
  }
}

describe("protocol and credentials for each kind of node", () => {
  it.each([
    // Without credentials.
    ["auto", null, textOnly, "text"],
    ["auto", null, authfile, "text"],
    ["auto", null, closed, "text"],
    ["auto", null, binary(), "binary"],
    ["auto", null, saslNode, "saslRequired"],
    ["binary", null, binary(), "binary"],
    ["binary", null, binary(), "binary"],
    ["binary", null, textOnly, "unsupported"],
    ["binary", null, closed, "connectionClosed"],
    ["binary", null, saslNode, "saslRequired"],
    ["text", null, saslNode, "text"],
    // With SASL.
    ["auto", sasl, saslNode, "binary"],
    ["binary", sasl, saslNode, "binary"],
    ["auto", sasl, binary(), "saslMissing"],
    ["auto", sasl, binary(), "saslMissing"],
    ["auto", sasl, textOnly, "saslMissing"],
    ["auto", sasl, authfile, "saslMissing"],
    ["auto", sasl, binary({ mechanisms: ["CRAM-MD5"] }), "saslMissing"],
    ["auto", sasl, closed, "connectionClosed"],
    ["text", sasl, saslNode, "saslMissing"],
    // With an authfile: text is the only way, the greeting finds out the rest.
    ["auto", ascii, authfile, "text"],
    ["text", ascii, binary(), "text"],
    ["auto", ascii, saslNode, "text"],
  ] as const)("%s, %o, %o: %s", (protocol, credentials, found, expected) => {
    expect(outcome(protocol, credentials, found)).toBe(expected);
  });
});
