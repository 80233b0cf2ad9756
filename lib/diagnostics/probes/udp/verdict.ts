/** Turns a UDP response into a finding. Pure. */
import type { Exposure, UdpPayload } from "@/lib/model/findings/finding";
import { phrase } from "@/lib/model/findings/phrases";
import { unknown } from "../../check-builders";
import type { Check } from "../../contract";
import { type SeverityRow, severityAt } from "../../severity";
import { bounded, escaped, exchangeLines } from "../../transcript";
import { FRAME_BYTES } from "./frame";
import { MAX_DATAGRAMS } from "./reply";
import type { UdpAddress, UdpOutcome } from "./session";

/** Bytes that IP and UDP add to each datagram (RFC 791 and 768 without options; RFC 8200). */
export const HEADER_BYTES_OF_FAMILY = { 4: 28, 6: 48 } as const;

export interface UdpObservations {
  readonly address: UdpAddress;
  readonly payload: UdpPayload;
  readonly request: Buffer;
  readonly outcome: UdpOutcome;
  /** `udpport` of its settings; null when not reported. */
  readonly settingPort: number | null;
  readonly exposure: Exposure | null;
  /** Further addresses of its name, which were sent no datagram. */
  readonly unprobed: readonly string[];
}

const OPEN: SeverityRow = { loopback: "warning", private: "critical", open: "critical" };
/** Enabled in its settings, but not reachable from this machine. */
const OPEN_ELSEWHERE: SeverityRow = { loopback: "info", private: "warning", open: "warning" };

/** Why a port scan proves nothing, for readers who compare. */
export const NC_NOTE =
  "nc -uvz reports success both for an open port and for one that never responds, because it only detects refusals";

export function judgeUdp(observed: UdpObservations): Check {
  const { reply, error } = observed.outcome;
  if (reply.datagramCount > 0) return reply.isMemcached ? judgeOpen(observed) : judgeOtherService(observed);
  return error === "ECONNREFUSED" ? judgeRefused(observed) : judgeNoAnswer(observed);
}

/** Response bytes per request byte, payload only; rounded to two decimals. */
export function amplificationOf(replyBytes: number, requestBytes: number): number {
  return Math.round((replyBytes / requestBytes) * 100) / 100;
}

function judgeOpen(observed: UdpObservations): Check {
  const { reply } = observed.outcome;
  const amplification = amplificationOf(reply.bytes, observed.request.length);
  const disabled = observed.settingPort === 0;
  return {
    check: "udp-answers",
    verdict: "open",
    severity: severityAt(observed.exposure, OPEN),
    title:
      `Answers UDP on port ${observed.address.port}: ${observed.request.length} bytes sent, ${reply.bytes} bytes received ` +
      `(${amplification}x)${disabled ? ", although UDP is disabled in its settings" : ""}`,
    figures: { ...figuresOf(observed), amplification },
    evidence: evidenceOf(observed),
  };
}

/** The response counts as a frame with the request id, as an echo service sends it, but isn't memcached's. */
function judgeOtherService(observed: UdpObservations): Check {
  const values = { port: observed.address.port, bytes: observed.outcome.reply.bytes };
  return unknown(phrase("otherUdpService", values), {
    check: "udp-answers",
    figures: figuresOf(observed),
    evidence: evidenceOf(observed),
  });
}

function judgeRefused(observed: UdpObservations): Check {
  const enabled = isEnabled(observed);
  const { port } = observed.address;
  return {
    check: "udp-answers",
    verdict: "refused",
    severity: enabled ? severityAt(observed.exposure, OPEN_ELSEWHERE) : "ok",
    title: enabled
      ? `UDP port ${port} is refused from this machine, although UDP is enabled in its settings`
      : `UDP port ${port} is closed (refused)`,
    figures: figuresOf(observed),
    evidence: evidenceOf(observed),
  };
}

function judgeNoAnswer(observed: UdpObservations): Check {
  const enabled = isEnabled(observed);
  const disabled = observed.settingPort === 0;
  const setting = enabled ? "enabled" : "disabled";
  const suffix = enabled || disabled ? `; UDP is ${setting} in its settings` : "";
  return {
    check: "udp-answers",
    verdict: "no-answer",
    severity: disabled ? "ok" : enabled ? severityAt(observed.exposure, OPEN_ELSEWHERE) : "info",
    title: `No response from UDP port ${observed.address.port}, which proves nothing${suffix}`,
    figures: { ...figuresOf(observed), note: NC_NOTE },
    evidence: { ...evidenceOf(observed), note: NC_NOTE },
  };
}

function isEnabled({ settingPort }: UdpObservations): boolean {
  return settingPort !== null && settingPort > 0;
}

function figuresOf(observed: UdpObservations): NonNullable<Check["figures"]> {
  const { reply, error } = observed.outcome;
  return {
    port: observed.address.port,
    requestBytes: observed.request.length,
    replyBytes: reply.bytes,
    datagrams: reply.datagramCount,
    settingPort: observed.settingPort,
    agreement: agreementOf(observed),
    error,
  };
}

/** Whether the response matches the node's own settings. */
type Agreement = "agrees" | "answers-though-off" | "silent-though-on" | "not-told";

function agreementOf(observed: UdpObservations): Agreement {
  if (observed.settingPort === null) return "not-told";
  const answers = observed.outcome.reply.datagramCount > 0;
  if (answers === isEnabled(observed)) return "agrees";
  return answers ? "answers-though-off" : "silent-though-on";
}

function evidenceOf(observed: UdpObservations): Check["evidence"] {
  const { address, request, outcome } = observed;
  const { reply } = outcome;
  const header = HEADER_BYTES_OF_FAMILY[address.family];
  const withHeaders = (bytes: number, datagrams: number) => bytes + datagrams * header;
  return {
    address: address.ip,
    port: address.port,
    from: outcome.from,
    payload: observed.payload,
    requestBytes: request.length,
    replyBytes: reply.bytes,
    datagrams: reply.datagramCount,
    datagramsKept: reply.datagrams.length,
    datagramsIgnored: reply.ignored,
    amplification: amplificationOf(reply.bytes, request.length),
    headerBytesPerDatagram: header,
    amplificationWithHeaders: amplificationOf(
      withHeaders(reply.bytes, reply.datagramCount),
      withHeaders(request.length, 1),
    ),
    firstReplyMs: outcome.firstMs === null ? null : Math.round(outcome.firstMs * 100) / 100,
    ended: outcome.ended,
    error: outcome.error,
    udpportSetting: observed.settingPort,
    agreement: agreementOf(observed),
    exposure: observed.exposure,
    unprobedAddresses: [...observed.unprobed],
    transcript: transcriptOf(observed),
  };
}

/** Bytes that aren't memcached's are counted, never shown. */
function transcriptOf({ request, outcome: { reply, error, ended } }: UdpObservations): string {
  const header = (datagram: Buffer) => escaped(datagram.subarray(0, FRAME_BYTES));
  const lines = [
    `> [frame ${header(request)}]`,
    ...exchangeLines(">", request.subarray(FRAME_BYTES)),
    ...(reply.isMemcached || reply.datagramCount === 0
      ? reply.datagrams.flatMap((datagram) => [
          `< [frame ${header(datagram)}]`,
          ...exchangeLines("<", datagram.subarray(FRAME_BYTES)),
        ])
      : [`[${reply.bytes} bytes, not from memcached]`]),
  ];
  if (reply.datagramCount > reply.datagrams.length)
    lines.push(
      `[${reply.datagramCount - reply.datagrams.length} datagrams beyond ${MAX_DATAGRAMS} not kept]`,
    );
  if (error !== null) lines.push(`[${error}]`);
  else if (ended === "limit") lines.push("[time limit reached]");
  return bounded(lines.join("\n"));
}
