/** UDP without any code of the product: a bare client, and scripted servers. */
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Sends one text command in its own frame and returns the datagrams of the reply: each has their number.
 * Fewer when no more arrive within five seconds.
 */
export async function rawUdp(port: number, command: string, host = "127.0.0.1"): Promise<Buffer[]> {
  const socket = createSocket(host.includes(":") ? "udp6" : "udp4");
  const datagrams: Buffer[] = [];
  let refused = false;
  socket.on("message", (datagram) => datagrams.push(datagram));
  // Nothing listens there: that comes back as ICMP, to a socket that has one peer only.
  socket.on("error", () => {
    refused = true;
  });
  socket.connect(port, host);
  await once(socket, "connect");
  socket.send(Buffer.from(`\x12\x34\x00\x00\x00\x01\x00\x00${command}\r\n`, "latin1"));
  const isOver = () =>
    refused || (datagrams.length > 0 && datagrams.length === datagrams[0]?.readUInt16BE(4));
  for (const until = Date.now() + 5_000; Date.now() < until && !isOver(); await sleep(10));
  socket.close();
  return datagrams;
}

export interface UdpServer {
  readonly port: number;
  readonly requests: { readonly bytes: Buffer; readonly atMs: number }[];
  stop(): Promise<void>;
}

/** What the server does with a request. */
export type UdpReaction = (socket: Socket, request: Buffer, from: RemoteInfo) => void;

/** Binds a port on loopback and records every datagram. */
export async function startUdpServer(
  reaction: UdpReaction = () => undefined,
  { host = "127.0.0.1", port = 0 } = {},
): Promise<UdpServer> {
  const socket = createSocket(host.includes(":") ? "udp6" : "udp4");
  const requests: { bytes: Buffer; atMs: number }[] = [];
  socket.on("message", (bytes, from) => {
    requests.push({ bytes, atMs: performance.now() });
    reaction(socket, bytes, from);
  });
  // A closed client answers late datagrams with ICMP.
  socket.on("error", () => undefined);
  socket.bind(port, host);
  await once(socket, "listening");
  return {
    port: socket.address().port,
    requests,
    stop: async () => {
      socket.close();
      await once(socket, "close");
    },
  };
}

/** A frame that answers `request`; `id` of another conversation when given. */
export function udpAnswer(
  request: Buffer,
  text: string | Buffer,
  { sequence = 0, total = 1, id = request.readUInt16BE(0) } = {},
): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16BE(id, 0);
  header.writeUInt16BE(sequence, 2);
  header.writeUInt16BE(total, 4);
  return Buffer.concat([header, Buffer.from(text)]);
}
