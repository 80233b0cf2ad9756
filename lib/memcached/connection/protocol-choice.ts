/** What to speak with a node: its configuration against what it was found to be. */
import type { NodeCredentials, NodeEndpoint } from "../contract";
import { Fault } from "./errors";
import type { Fingerprint } from "./protocol-detection";

/** What to speak with a node, and the SASL mechanisms it offered. */
export interface Choice {
  readonly protocol: "text" | "binary";
  readonly mechanisms: readonly string[];
}

/** Whether the configuration alone decides, so that the node need not be asked. */
export function decidedBy(endpoint: Pick<NodeEndpoint, "protocol" | "credentials">): Choice | null {
  if (endpoint.protocol === "text") {
    if (endpoint.credentials?.kind === "sasl")
      throw new Fault("saslMissing", "SASL needs the binary protocol");
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
export function choose(endpoint: Pick<NodeEndpoint, "protocol" | "credentials">, found: Fingerprint): Choice {
  const wanted = endpoint.protocol;
  const credentials: NodeCredentials | null = endpoint.credentials;
  if (found.kind !== "binary") {
    if (credentials?.kind === "sasl") {
      if (found.kind === "closed") throw new Fault("connectionClosed");
      throw new Fault("saslMissing", "the node speaks the text protocol only");
    }
    if (wanted === "binary") {
      if (found.kind === "closed") throw new Fault("connectionClosed");
      throw new Fault("unsupported", "the node speaks the text protocol only");
    }
    return { protocol: "text", mechanisms: [] };
  }
  const mechanisms = found.mechanisms ?? [];
  if (credentials?.kind === "sasl") {
    if (found.mechanisms === null) throw new Fault("saslMissing");
    if (!mechanisms.includes("PLAIN")) throw new Fault("saslMissing", "SASL without PLAIN");
    return { protocol: "binary", mechanisms };
  }
  if (found.mechanisms !== null) throw new Fault("saslRequired");
  const textWorks = wanted === "auto" && found.binding === "auto-negotiate";
  return { protocol: textWorks ? "text" : "binary", mechanisms };
}
