/** Resolves the host of a node. */
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { refusedNodeIp } from "../refused-addresses";
import { toNodeError } from "./errors";
import { toConnectionError } from "./socket-errors";

export interface ResolvedAddress {
  readonly ip: string;
  readonly family: 4 | 6;
  /** The reason why it cannot be a node; null if it can. */
  readonly refused: string | null;
}

/**
 * The addresses of a configured node's host, in the resolver's order; an IP address is its own result. If one of them is
 * refused, connections to the node fail. Rejects with `NodeError` (`nameNotFound`).
 */
export async function resolveHost(node: string, host: string): Promise<readonly ResolvedAddress[]> {
  const literal = isIP(host);
  if (literal !== 0) return [resolved(host, literal)];
  try {
    const found = await lookup(host, { all: true });
    return found.map(({ address, family }) => resolved(address, family));
  } catch (error) {
    throw toNodeError(node, toConnectionError(error));
  }
}

function resolved(ip: string, family: number): ResolvedAddress {
  return { ip, family: family === 6 ? 6 : 4, refused: refusedNodeIp(ip) };
}
