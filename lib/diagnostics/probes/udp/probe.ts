/** Whether a node answers UDP, and how much an attacker could amplify through it. */
import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { ResolvedAddress } from "@/lib/memcached/connection/name-addresses";
import { resolveHost } from "@/lib/memcached/connection/resolve";
import { NodeError } from "@/lib/model/errors";
import { phrase } from "@/lib/model/findings/phrases";
import type { NodeAddress } from "@/lib/model/node/node-address";
import { parsePort } from "@/lib/model/node/node-address";
import { notApplicable, unknown } from "../../check-builders";
import type { Check, Probe, ProbeContext, ProbeTarget } from "../../contract";
import { udpRequest } from "./frame";
import { processRateLimit, type UdpRateLimit } from "./pace";
import { exchangeUdp, REPLY_LIMIT_MS, type UdpAddress } from "./session";
import { judgeUdp } from "./verdict";

/** How long a request may wait for the rate limit, in milliseconds: one node's gap and a second. */
const MAX_WAIT_MS = 11_000;

/** The probe with its own rate limit; the product uses `udpExposure`. */
export function createUdpExposure(rateLimit: UdpRateLimit, maxWaitMs = MAX_WAIT_MS): Probe {
  return {
    name: "udp-exposure",
    deadlineMs: maxWaitMs + REPLY_LIMIT_MS + 11_000,
    run: (target, context) => probeUdp(target, context, rateLimit, maxWaitMs),
  };
}

export const udpExposure: Probe = createUdpExposure(processRateLimit());

async function probeUdp(
  target: ProbeTarget,
  context: ProbeContext,
  rateLimit: UdpRateLimit,
  maxWaitMs: number,
): Promise<readonly Check[]> {
  const { id, endpoint } = target.node;
  if (endpoint.address.kind === "unix") return [NO_UDP];
  const { settings } = await target.stats();
  const settingPort = udpPortIn(settings);
  const exposure = await target.exposure();
  const addresses = await resolveHost(id, endpoint.address);
  const address = udpAddress(id, endpoint.address, addresses, settingPort);
  const startedAt = performance.now();
  for (;;) {
    context.signal.throwIfAborted();
    const waitMs = rateLimit.take([id, `${address.ip} ${address.port}`], performance.now());
    if (waitMs === 0) break;
    if (performance.now() - startedAt + waitMs > maxWaitMs) return [rateLimited(address.port, waitMs)];
    await sleep(waitMs, undefined, { signal: context.signal });
  }
  const requestId = randomInt(0x1_0000);
  const request = udpRequest(requestId, context.udpPayload);
  const outcome = await exchangeUdp(address, { id: requestId, request }, context.signal);
  const unprobed = addresses.slice(1).map(({ ip }) => ip);
  return [
    judgeUdp({
      address,
      payload: context.udpPayload,
      request,
      outcome,
      settingPort,
      exposure,
      unprobed,
    }),
  ];
}

/**
 * The address in use, as for connecting; rejects when one of them is not allowed. The port is the node's
 * `udpport`, or its TCP port when UDP is off or not reported: up to 1.5.5 that is the default.
 */
function udpAddress(
  node: string,
  address: Extract<NodeAddress, { kind: "tcp" }>,
  addresses: readonly ResolvedAddress[],
  settingPort: number | null,
): UdpAddress {
  const refused = addresses.find((resolved) => resolved.refused !== null);
  if (refused) throw new NodeError(node, "unreachable", refused.refused ?? undefined);
  const [first] = addresses;
  if (first === undefined) throw new NodeError(node, "nameNotFound");
  const port = settingPort !== null && settingPort > 0 ? settingPort : address.port;
  return { ip: first.ip, family: first.family, port };
}

/** `udpport` of a node's settings, 0 when off; null when not reported, or not a port. */
export function udpPortIn(settings: ReadonlyMap<string, string> | null): number | null {
  const value = settings?.get("udpport");
  if (value === undefined) return null;
  return value === "0" ? 0 : parsePort(value);
}

const NO_UDP: Check = notApplicable({
  check: "udp-answers",
  title: "Nodes on a unix socket have no UDP port",
  evidence: {},
});

function rateLimited(port: number, waitMs: number): Check {
  const seconds = Math.ceil(waitMs / 1_000);
  return unknown(phrase("udpRateLimit", { port, seconds }), {
    check: "udp-answers",
    figures: { port, retryAfterSeconds: seconds },
    evidence: { port, retryAfterSeconds: seconds, datagramsSent: 0 },
  });
}
