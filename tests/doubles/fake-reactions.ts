/** What a scripted node can do with a request. Delays end with the connection, so nothing outlives a test. */
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { HEADER_BYTES, RESPONSE_MAGIC } from "../../lib/memcached/binary/frames";
import type { Reaction } from "./fake-server";

/** Answers at once. */
export function say(bytes: string | Buffer): Reaction {
  return (socket) => void socket.write(bytes);
}

/** Takes the request and does nothing. */
export const silence: Reaction = () => undefined;

/** Answers one byte at a time. */
export function drip(bytes: string, everyMs: number): Reaction {
  return async (socket) => {
    for (const byte of Buffer.from(bytes)) {
      if (socket.destroyed) return;
      socket.write(Buffer.of(byte));
      await sleep(everyMs);
    }
  };
}

/** Answers in pieces that end at the given offsets, each in a packet of its own. */
export function pieces(bytes: string, cuts: readonly number[]): Reaction {
  return async (socket) => {
    const whole = Buffer.from(bytes);
    let from = 0;
    for (const to of [...cuts, whole.length]) {
      if (socket.destroyed) return;
      socket.write(whole.subarray(from, to));
      from = to;
      await sleep(2);
    }
  };
}

/** Answers with these bytes only, and closes (FIN). */
export function hangUp(bytes = ""): Reaction {
  return (socket) => void socket.end(bytes);
}

/** Answers with these bytes only, and resets (RST) once they have been read. */
export function reset(bytes = ""): Reaction {
  return async (socket) => {
    if (bytes !== "") {
      socket.write(bytes);
      await sleep(50);
    }
    socket.resetAndDestroy();
  };
}

/** Sends `piece` again and again, `totalBytes` in all, as fast as it is taken. */
export function flood(totalBytes: number, piece: Buffer, beginning = ""): Reaction {
  return async (socket) => {
    socket.write(beginning);
    for (let sent = 0; sent < totalBytes && !socket.destroyed; sent += piece.length) {
      if (!socket.write(piece)) await taken(socket);
    }
  };
}

function taken(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      socket.off("drain", go).off("close", go);
      resolve();
    };
    socket.once("drain", go).once("close", go);
  });
}

/** A binary response frame to `request`. `announced` lies about the length of the body. */
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
