/** Whether a node answers UDP, and what an attacker would gain from it. */
import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type ResolvedAddress, resolveHost } from "@/lib/memcached/connection/resolve";
import { NodeError } from "@/lib/model/errors";
import type { NodeAddress } from "@/lib/model/node/node-address";
import { parsePort } from "@/lib/model/node/node-address";
import type { Check, Probe, ProbeContext, ProbeTarget } from "../../contract";
import { udpRequest } from "./frame";
import { processRateLimit, type UdpRateLimit } from "./pace";
import { exchangeUdp, REPLY_LIMIT_MS, type UdpAddress } from "./session";
import { judgeUdp } from "./verdict";

/** What a request may wait for its turn, in milliseconds: one node's gap and a second. */
const PATIENCE_MS = 11_000;

/** The probe with a pace of its own; the product uses `udpExposure`. */
export function createUdpExposure(pace: UdpRateLimit, patienceMs = PATIENCE_MS): Probe {
  return {
    name: "udp-exposure",
    deadlineMs: patienceMs + REPLY_LIMIT_MS + 11_000,
    run: (target, context) => probeUdp(target, context, pace, patienceMs),
  };
}

export const udpExposure: Probe = createUdpExposure(processRateLimit());

async function probeUdp(
  target: ProbeTarget,
  context: ProbeContext,
  pace: UdpRateLimit,
  patienceMs: number,
): Promise<readonly Check[]> {
  const { id, endpoint } = target.node;
  if (endpoint.address.kind === "unix") return [NO_UDP];
  const { settings } = await target.stats();
  const settingPort = udpPortIn(settings);
  const exposure = await target.exposure();
  const addresses = await resolveHost(id, endpoint.address.host);
  const place = udpAddress(id, endpoint.address, addresses, settingPort);
  const startedAt = performance.now();
  for (;;) {
    context.signal.throwIfAborted();
    const waitMs = pace.take([id, `${place.ip} ${place.port}`], performance.now());
    if (waitMs === 0) break;
    if (performance.now() - startedAt + waitMs > patienceMs) return [tooSoon(place.port, waitMs)];
    await sleep(waitMs, undefined, { signal: context.signal });
  }
  const requestId = randomInt(0x1_0000);
  const request = udpRequest(requestId, context.udpPayload);
  const outcome = await exchangeUdp(place, { id: requestId, request }, context.signal);
  const unprobed = addresses.slice(1).map(({ ip }) => ip);
  return [
    judgeUdp({
      address: place,
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
 * The first address of the host, as for connecting; none when one of them is refused. The port is the node's own
 * `udpport`, or the TCP port number when UDP is off or it does not tell: up to 1.5.5 that is the default.
 */
function udpAddress(
  node: string,
  address: Extract<NodeAddress, { kind: "tcp" }>,
  addresses: readonly ResolvedAddress[],
  settingPort: number | null,
): UdpAddress {
  const refused = addresses.find((one) => one.refused !== null);
  if (refused) throw new NodeError(node, "unreachable", refused.refused ?? undefined);
  const [first] = addresses;
  if (first === undefined) throw new NodeError(node, "nameNotFound");
  const port = settingPort !== null && settingPort > 0 ? settingPort : address.port;
  return { ip: first.ip, family: first.family, port };
}

/** `udpport` of a node's settings, 0 when off; null when it does not say, or says what is no port. */
export function udpPortIn(settings: ReadonlyMap<string, string> | null): number | null {
  const value = settings?.get("udpport");
  if (value === undefined) return null;
  return value === "0" ? 0 : parsePort(value);
}

const NO_UDP: Check = {
  check: "udp-answers",
  verdict: "not-applicable",
  severity: "ok",
  title: "A node on a unix socket has no UDP port",
  evidence: {},
};

function tooSoon(port: number, waitMs: number): Check {
  const seconds = Math.ceil(waitMs / 1_000);
  return {
    check: "udp-answers",
    verdict: "unknown",
    severity: "info",
    title: `UDP port ${port} was not probed: too many requests, the next one may leave in ${seconds} s`,
    figures: { port, retryAfterSeconds: seconds },
    evidence: { port, retryAfterSeconds: seconds, datagramsSent: 0 },
  };
}
