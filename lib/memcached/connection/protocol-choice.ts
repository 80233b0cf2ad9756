/** What to speak with a node: its configuration against what it was found to be. */
import type { NodeCredentials, NodeEndpoint } from "../contract";
import { ConnectionError } from "./errors";
import type { DetectedProtocol } from "./protocol-detection";

/** What to speak with a node, and the SASL mechanisms it offered. */
export interface ProtocolChoice {
  readonly protocol: "text" | "binary";
  readonly mechanisms: readonly string[];
}

/** Whether the configuration alone decides, so that the node need not be asked. */
export function protocolFromConfiguration(
  endpoint: Pick<NodeEndpoint, "protocol" | "credentials">,
): ProtocolChoice | null {
  if (endpoint.protocol === "text") {
    if (endpoint.credentials?.kind === "sasl")
      throw new ConnectionError("saslMissing", "SASL needs the binary protocol");
    return { protocol: "text", mechanisms: [] };
  }
  return endpoint.protocol === "auto" && endpoint.credentials?.kind === "ascii"
    ? { protocol: "text", mechanisms: [] }
    : null;
}

/**
 * What to speak with a node that answered like this. Text where it works: it is the cheaper one and knows
 * more commands. Throws the `Fault` that a human has to hear when configuration and node do not fit.
 */
export function chooseProtocol(
  endpoint: Pick<NodeEndpoint, "protocol" | "credentials">,
  found: DetectedProtocol,
): ProtocolChoice {
  const wanted = endpoint.protocol;
  const credentials: NodeCredentials | null = endpoint.credentials;
  if (found.kind !== "binary") {
    if (credentials?.kind === "sasl") {
      if (found.kind === "closed") throw new ConnectionError("connectionClosed");
      throw new ConnectionError("saslMissing", "the node speaks the text protocol only");
    }
    if (wanted === "binary") {
      if (found.kind === "closed") throw new ConnectionError("connectionClosed");
      throw new ConnectionError("unsupported", "the node speaks the text protocol only");
    }
    return { protocol: "text", mechanisms: [] };
  }
  const mechanisms = found.mechanisms ?? [];
  if (credentials?.kind === "sasl") {
    if (found.mechanisms === null) throw new ConnectionError("saslMissing");
    if (!mechanisms.includes("PLAIN")) throw new ConnectionError("saslMissing", "SASL without PLAIN");
    return { protocol: "binary", mechanisms };
  }
  if (found.mechanisms !== null) throw new ConnectionError("saslRequired");
  const textWorks = wanted === "auto" && found.binding === "auto-negotiate";
  return { protocol: textWorks ? "text" : "binary", mechanisms };
}
