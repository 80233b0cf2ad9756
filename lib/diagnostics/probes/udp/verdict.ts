/** From what came back over UDP to a finding. Pure. */
import type { Exposure, UdpPayload } from "@/lib/model/findings/finding";
import type { Check } from "../../contract";
import { type SeverityRow, severityAt } from "../../severity";
import { bounded, escaped, exchangeLines } from "../../transcript";
import { FRAME_BYTES } from "./frame";
import { MAX_DATAGRAMS } from "./reply";
import type { UdpAddress, UdpOutcome } from "./session";

/** What IP and UDP add to each datagram, in bytes (RFC 791 and 768 without options; RFC 8200). */
export const HEADER_BYTES_OF_FAMILY = { 4: 28, 6: 48 } as const;

export interface UdpObservations {
  readonly address: UdpAddress;
  readonly payload: UdpPayload;
  readonly request: Buffer;
  readonly outcome: UdpOutcome;
  /** `udpport` of its settings; null when the node does not tell. */
  readonly settingPort: number | null;
  readonly exposure: Exposure | null;
  /** Further addresses of its name, which got no datagram. */
  readonly unprobed: readonly string[];
}

const OPEN: SeverityRow = { loopback: "warning", private: "critical", open: "critical" };
/** Open by its own words, though not from here. */
const OPEN_ELSEWHERE: SeverityRow = { loopback: "info", private: "warning", open: "warning" };

/** Why a scan of the port says nothing, for whoever wants to compare. */
export const NC_NOTE =
  "nc -uvz reports success for a port that stays silent as well as for an open one: it only sees that nothing was refused";

export function judgeUdp(seen: UdpObservations): Check {
  const { reply, error } = seen.outcome;
  if (reply.datagramCount > 0) return reply.isMemcached ? judgeOpen(seen) : judgeForeignAnswer(seen);
  return error === "ECONNREFUSED" ? judgeRefused(seen) : judgeSilent(seen);
}

/** Reply bytes per request byte, payload only; rounded to two decimals. */
export function amplificationOf(replyBytes: number, requestBytes: number): number {
  return Math.round((replyBytes / requestBytes) * 100) / 100;
}

function judgeOpen(seen: UdpObservations): Check {
  const { reply } = seen.outcome;
  const amplification = amplificationOf(reply.bytes, seen.request.length);
  const off = seen.settingPort === 0;
  return {
    check: "udp-answers",
    verdict: "open",
    severity: severityAt(seen.exposure, OPEN),
    title:
      `UDP port ${seen.address.port} answers: ${seen.request.length} bytes brought ${reply.bytes} bytes back ` +
      `(${amplification} times)${off ? ", although its settings say that UDP is off" : ""}`,
    figures: { ...figuresOf(seen), amplification },
    evidence: evidenceOf(seen),
  };
}

/** Something counts as a frame with our id, as an echo service sends it, but is no memcached. */
function judgeForeignAnswer(seen: UdpObservations): Check {
  const { reply } = seen.outcome;
  return {
    check: "udp-answers",
    verdict: "unknown",
    severity: "info",
    title: `Something that does not speak memcached answers on UDP port ${seen.address.port} with ${reply.bytes} bytes`,
    figures: figuresOf(seen),
    evidence: evidenceOf(seen),
  };
}

function judgeRefused(seen: UdpObservations): Check {
  const open = saysOpen(seen);
  return {
    check: "udp-answers",
    verdict: "refused",
    severity: open ? severityAt(seen.exposure, OPEN_ELSEWHERE) : "ok",
    title: open
      ? `UDP port ${seen.address.port} is refused from here, although its settings say that UDP is on`
      : `UDP port ${seen.address.port} is closed: it was refused`,
    figures: figuresOf(seen),
    evidence: evidenceOf(seen),
  };
}

function judgeSilent(seen: UdpObservations): Check {
  const open = saysOpen(seen);
  const { error } = seen.outcome;
  const severity = seen.settingPort === 0 ? "ok" : open ? severityAt(seen.exposure, OPEN_ELSEWHERE) : "info";
  const suffix = open
    ? ", although its settings say that UDP is on"
    : seen.settingPort === 0
      ? "; its settings say that UDP is off"
      : "";
  return {
    check: "udp-answers",
    verdict: "no-answer",
    severity,
    title: `No answer from UDP port ${seen.address.port}${error === null ? "" : ` (${error})`}, which proves nothing${suffix}`,
    figures: { ...figuresOf(seen), note: NC_NOTE },
    evidence: { ...evidenceOf(seen), note: NC_NOTE },
  };
}

function saysOpen({ settingPort }: UdpObservations): boolean {
  return settingPort !== null && settingPort > 0;
}

function figuresOf(seen: UdpObservations): NonNullable<Check["figures"]> {
  const { reply, error } = seen.outcome;
  return {
    port: seen.address.port,
    requestBytes: seen.request.length,
    replyBytes: reply.bytes,
    datagrams: reply.datagramCount,
    settingPort: seen.settingPort,
    agreement: agreementOf(seen),
    error,
  };
}

/** Whether the answer is what the node's own settings let expect. */
type Agreement = "agrees" | "answers-though-off" | "silent-though-on" | "not-told";

function agreementOf(seen: UdpObservations): Agreement {
  if (seen.settingPort === null) return "not-told";
  const answers = seen.outcome.reply.datagramCount > 0;
  if (answers === saysOpen(seen)) return "agrees";
  return answers ? "answers-though-off" : "silent-though-on";
}

function evidenceOf(seen: UdpObservations): Check["evidence"] {
  const { address: place, request, outcome } = seen;
  const { reply } = outcome;
  const header = HEADER_BYTES_OF_FAMILY[place.family];
  const onTheWire = (bytes: number, datagrams: number) => bytes + datagrams * header;
  return {
    address: place.ip,
    port: place.port,
    from: outcome.from,
    payload: seen.payload,
    requestBytes: request.length,
    replyBytes: reply.bytes,
    datagrams: reply.datagramCount,
    datagramsKept: reply.datagrams.length,
    datagramsIgnored: reply.ignored,
    amplification: amplificationOf(reply.bytes, request.length),
    headerBytesPerDatagram: header,
    amplificationWithHeaders: amplificationOf(
      onTheWire(reply.bytes, reply.datagramCount),
      onTheWire(request.length, 1),
    ),
    firstReplyMs: outcome.firstMs === null ? null : Math.round(outcome.firstMs * 100) / 100,
    ended: outcome.ended,
    error: outcome.error,
    udpportSetting: seen.settingPort,
    agreement: agreementOf(seen),
    exposure: seen.exposure,
    unprobedAddresses: [...seen.unprobed],
    transcript: transcriptOf(seen),
  };
}

/** The bytes of something that is not memcached are counted, never shown. */
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
      : [`[${reply.bytes} bytes that are not memcached's]`]),
  ];
  if (reply.datagramCount > reply.datagrams.length)
    lines.push(
      `[${reply.datagramCount - reply.datagrams.length} datagrams beyond ${MAX_DATAGRAMS} not kept]`,
    );
  if (error !== null) lines.push(`[${error}]`);
  else if (ended === "limit") lines.push("[the time was over]");
  return bounded(lines.join("\n"));
}
