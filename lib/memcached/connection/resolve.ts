/** Resolves the host of a node for diagnostics, which report every address. */
import { isIP } from "node:net";
import type { NodeAddress } from "@/lib/model/node/node-address";
import { refusedNodeIp } from "../refused-addresses";
import { toNodeError } from "./errors";
import { type ResolvedAddress, resolveNow } from "./name-addresses";

/**
 * The addresses of a configured node's host, the one in use first; an IP address is its own result. If one of them is
 * refused, connections to the node fail. Rejects with `NodeError` (`nameNotFound`).
 */
export async function resolveHost(
  node: string,
  address: Extract<NodeAddress, { kind: "tcp" }>,
): Promise<readonly ResolvedAddress[]> {
  const { host } = address;
  const literal = isIP(host);
  if (literal !== 0) return [{ ip: host, family: literal === 6 ? 6 : 4, refused: refusedNodeIp(host) }];
  try {
    return await resolveNow(address);
  } catch (error) {
    throw toNodeError(node, error);
  }
}
