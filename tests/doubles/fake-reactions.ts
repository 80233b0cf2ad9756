/** Reactions of a scripted node to a request. Delays end with the connection, so nothing outlives a test. */
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { HEADER_BYTES, RESPONSE_MAGIC } from "../../lib/memcached/binary/frames";
import type { Reaction } from "./fake-server";

/** Replies immediately. */
export function say(bytes: string | Buffer): Reaction {
  return (socket) => void socket.write(bytes);
}

/** Ignores the request. */
export const silence: Reaction = () => undefined;

/** Replies one byte at a time. */
export function drip(bytes: string, everyMs: number): Reaction {
  return async (socket) => {
    for (const byte of Buffer.from(bytes)) {
      if (socket.destroyed) return;
      socket.write(Buffer.of(byte));
      await sleep(everyMs);
    }
  };
}

/** Replies in pieces that end at the given offsets, each in a separate packet. */
export function pieces(bytes: string, cuts: readonly number[]): Reaction {
  return async (socket) => {
    const reply = Buffer.from(bytes);
    let from = 0;
    for (const to of [...cuts, reply.length]) {
      if (socket.destroyed) return;
      socket.write(reply.subarray(from, to));
      from = to;
      await sleep(2);
    }
  };
}

/** Replies with these bytes and closes (FIN). */
export function hangUp(bytes = ""): Reaction {
  return (socket) => void socket.end(bytes);
}

/** Replies with these bytes and resets (RST) once they have been read. */
export function reset(bytes = ""): Reaction {
  return async (socket) => {
    if (bytes !== "") {
      socket.write(bytes);
      await sleep(50);
    }
    socket.resetAndDestroy();
  };
}

/** Sends `piece` repeatedly, `totalBytes` in total, as fast as the peer reads. */
export function flood(totalBytes: number, piece: Buffer, beginning = ""): Reaction {
  return async (socket) => {
    socket.write(beginning);
    for (let sent = 0; sent < totalBytes && !socket.destroyed; sent += piece.length) {
      if (!socket.write(piece)) await writable(socket);
    }
  };
}

function writable(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      socket.off("drain", done).off("close", done);
      resolve();
    };
    socket.once("drain", done).once("close", done);
  });
}

/** A binary response frame to `request`. `announced`: a false body length. */
export function frame(
  request: Buffer,
  { status = 0, key = "", value = "", opcode = request.readUInt8(1), announced = -1 } = {},
): Buffer {
  const body = Buffer.from(key + value, "latin1");
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt8(RESPONSE_MAGIC, 0);
  header.writeUInt8(opcode, 1);
  header.writeUInt16BE(key.length, 2);
  header.writeUInt16BE(status, 6);
  header.writeUInt32BE(announced < 0 ? body.length : announced, 8);
  request.copy(header, 12, 12, 16);
  return Buffer.concat([header, body]);
}
