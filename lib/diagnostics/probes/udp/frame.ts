/**
 * Datagrams of memcached's UDP protocol. Source: memcached `doc/protocol.txt`, "UDP protocol": eight bytes of frame
 * header (request id, sequence number, total datagrams, reserved), each two bytes, then text.
 */
import type { UdpPayload } from "@/lib/model/findings/finding";

export const FRAME_BYTES = 8;

/** `version` or `stats`, as one datagram with this request id (0 to 65535). 17 and 15 bytes. */
export function udpRequest(id: number, payload: UdpPayload): Buffer {
  const header = Buffer.alloc(FRAME_BYTES);
  header.writeUInt16BE(id, 0);
  header.writeUInt16BE(1, 4);
  return Buffer.concat([header, Buffer.from(`${payload}\r\n`)]);
}

export interface UdpFrame {
  readonly id: number;
  readonly sequence: number;
  readonly total: number;
  /** Shares the memory of the datagram. */
  readonly text: Buffer;
}

/** Null for a datagram that is too short, or has non-zero reserved bytes. */
export function readUdpFrame(datagram: Buffer): UdpFrame | null {
  if (datagram.length < FRAME_BYTES || datagram.readUInt16BE(6) !== 0) return null;
  return {
    id: datagram.readUInt16BE(0),
    sequence: datagram.readUInt16BE(2),
    total: datagram.readUInt16BE(4),
    text: datagram.subarray(FRAME_BYTES),
  };
}
