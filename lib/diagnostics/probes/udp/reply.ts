/** The response to one UDP request: everything is counted, a bounded part is stored. Pure. */
import { FRAME_BYTES, readUdpFrame } from "./frame";

/** Maximum datagrams and bytes to keep; the rest is only counted. */
export const MAX_DATAGRAMS = 64;
export const MAX_REPLY_BYTES = 1_048_576;

/** How memcached lines start. Source: memcached `doc/protocol.txt`. */
const MEMCACHED_LINE = /^(?:VERSION |STAT |END\r\n|RESET\r\n|ERROR|CLIENT_ERROR |SERVER_ERROR )/;
const LAST_LINE = /(?:^|\n)(?:END|VERSION [^\r\n]*|(?:CLIENT_|SERVER_)?ERROR[^\r\n]*)\r\n$/;

export class UdpReply {
  /** Datagrams with our request id, stored or not. */
  datagramCount = 0;
  /** Their payload in bytes: memcached's frame header and text, without UDP and IP headers. */
  bytes = 0;
  /** Datagrams from the probed address with another id, or without a frame. */
  ignored = 0;
  /** Kept datagrams, in order of arrival. */
  readonly datagrams: Buffer[] = [];
  private storedBytes = 0;
  private readonly sequences = new Set<number>();
  private total = 0;
  private ended = false;

  constructor(private readonly id: number) {}

  /** Adds one datagram; returns whether it belongs to the request. */
  take(datagram: Buffer): boolean {
    const frame = readUdpFrame(datagram);
    if (frame === null || frame.id !== this.id) {
      this.ignored += 1;
      return false;
    }
    this.datagramCount += 1;
    this.bytes += datagram.length;
    this.sequences.add(frame.sequence);
    this.total = Math.max(this.total, frame.total);
    // The datagram with the last line may arrive before others.
    this.ended ||= LAST_LINE.test(frame.text.toString("latin1", Math.max(0, frame.text.length - 256)));
    if (this.datagrams.length < MAX_DATAGRAMS && this.storedBytes + datagram.length <= MAX_REPLY_BYTES) {
      this.datagrams.push(Buffer.from(datagram));
      this.storedBytes += datagram.length;
    }
    return true;
  }

  /** Whether every numbered datagram has arrived, including the one with the last line. */
  get complete(): boolean {
    return this.ended && this.sequences.size >= this.total;
  }

  /** Whether the stored text resembles memcached's. Other text is never shown. */
  get isMemcached(): boolean {
    return MEMCACHED_LINE.test(this.text.toString("latin1", 0, 64));
  }

  /** The stored text, ordered by sequence number. */
  get text(): Buffer {
    const bySequence = [...this.datagrams].sort((a, b) => a.readUInt16BE(2) - b.readUInt16BE(2));
    return Buffer.concat(bySequence.map((datagram) => datagram.subarray(FRAME_BYTES)));
  }
}
