import { inspectTls } from "@/lib/memcached/inspect/tls";
import { PROBE_DEADLINES, type Probe } from "../../contract";
import { udpPortIn } from "../udp/probe";
import { judgeTls, UNIX_WITHOUT_TLS } from "./verdict";

/** Whether a node offers TLS, and whether its certificate is valid. Sends only the start of a handshake. */
export const tls: Probe = {
  name: "tls",
  deadlineMs: 3 * PROBE_DEADLINES.timeoutMs,
  async run(target, context) {
    const { endpoint } = target.node;
    if (endpoint.address.kind === "unix" && endpoint.tls === null) return [UNIX_WITHOUT_TLS];
    const inspection = await inspectTls(endpoint, PROBE_DEADLINES);
    context.signal.throwIfAborted();
    const { settings } = await target.stats();
    return judgeTls({
      endpoint,
      inspection,
      exposure: await target.exposure(),
      udpPort: udpPortIn(settings),
      nowMs: context.nowMs(),
    });
  },
};
