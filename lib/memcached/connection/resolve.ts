/** From a node's host to the addresses that may be connected to. A name is resolved once for each use. */
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { refusedNodeIp } from "../refused-addresses";
import { toNodeError } from "./errors";
import { toConnectionError } from "./socket-errors";

export interface ResolvedAddress {
  readonly ip: string;
  readonly family: 4 | 6;
  /** Why it must not be connected to, in words; null when it may. */
  readonly refused: string | null;
}

/**
 * The addresses of a configured node's host in the resolver's order; a literal address stands for itself. Nodes are
 * connected to only when none of them is refused. Rejects with `NodeError` (`nameNotFound`).
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
