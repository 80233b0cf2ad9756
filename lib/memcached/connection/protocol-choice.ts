/** Which protocol to use with a node, from its configuration and the detected protocol. */
import type { NodeEndpoint } from "../contract";
import { ConnectionError } from "./errors";
import type { DetectedProtocol } from "./protocol-detection";

/** The protocol to use with a node, and the SASL mechanisms it offers. */
export interface ProtocolChoice {
  readonly protocol: "text" | "binary";
  readonly mechanisms: readonly string[];
}

type Configuration = Pick<NodeEndpoint, "protocol" | "credentials">;

/** The choice if the configuration alone decides; else null, and the protocol must be detected. */
export function protocolFromConfiguration({ protocol, credentials }: Configuration): ProtocolChoice | null {
  if (protocol === "text" && credentials?.kind === "sasl")
    throw new ConnectionError("saslMissing", "SASL requires the binary protocol");
  const text = protocol === "text" || (protocol === "auto" && credentials?.kind === "ascii");
  return text ? { protocol: "text", mechanisms: [] } : null;
}

/** Whether a node that replied in binary is also tried in text, which is cheaper and has more commands. */
export function prefersText({ protocol, credentials }: Configuration, detected: DetectedProtocol): boolean {
  return (
    protocol === "auto" &&
    credentials?.kind !== "sasl" &&
    detected.kind === "binary" &&
    detected.mechanisms === null
  );
}

/**
 * The choice for a node with this protocol, if it does not speak text besides binary. Throws a `ConnectionError` if the
 * configuration does not match the node.
 */
export function chooseProtocol(endpoint: Configuration, detected: DetectedProtocol): ProtocolChoice {
  const { protocol, credentials } = endpoint;
  const sasl = credentials?.kind === "sasl";
  if (detected.kind !== "binary") {
    if (!sasl && protocol !== "binary") return { protocol: "text", mechanisms: [] };
    if (detected.kind === "closed") throw new ConnectionError("connectionClosed");
    throw new ConnectionError(sasl ? "saslMissing" : "unsupported", "the node only speaks the text protocol");
  }
  const mechanisms = detected.mechanisms ?? [];
  if (sasl) {
    if (detected.mechanisms === null) throw new ConnectionError("saslMissing");
    if (!mechanisms.includes("PLAIN")) throw new ConnectionError("saslMissing", "SASL without PLAIN");
    return { protocol: "binary", mechanisms };
  }
  if (detected.mechanisms !== null) throw new ConnectionError("saslRequired");
  return { protocol: "binary", mechanisms };
}
