/**
 * A node that stores nothing and records what it receives, reading the protocols as memcached does: a text command ends
 * with its line, a storage command takes the bytes it announces, a binary one is a frame. No code of the product.
 */
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import type { NodeEndpoint } from "@/lib/memcached/contract";

export interface Recorded {
  /** The words of the line, or `binary <opcode>` and the key. As Latin-1. */
  readonly words: readonly string[];
  /** Bytes of the data block. */
  readonly data: number;
}

export interface RecordingNode {
  readonly endpoint: NodeEndpoint;
  readonly recorded: Recorded[];
  close(): Promise<void>;
}

/** Storage commands, with the index of the word that has the byte count. */
const DATA_WORD: Readonly<Record<string, number>> = {
  set: 4,
  add: 4,
  replace: 4,
  append: 4,
  prepend: 4,
  ms: 2,
};

const ANSWERS: Readonly<Record<string, string>> = {
  version: "VERSION 1.6.18",
  stats: "END",
  get: "END",
  gets: "END",
  mg: "EN",
  ms: "HD",
  md: "HD",
  ma: "VA 1\r\n7",
  touch: "TOUCHED",
  delete: "DELETED",
  incr: "7",
  decr: "7",
};

/** Starts one on a free port of 127.0.0.1. */
export async function startRecordingNode(protocol: "text" | "binary"): Promise<RecordingNode> {
  const recorded: Recorded[] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
    let waiting = Buffer.alloc(0);
    socket.on("data", (chunk) => {
      waiting = Buffer.concat([waiting, chunk]);
      for (;;) {
        const taken = waiting[0] === 0x80 ? frame(waiting) : line(waiting);
        if (taken === null) return;
        recorded.push(taken.command);
        socket.write(taken.answer);
        waiting = waiting.subarray(taken.length);
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: {
      id: `127.0.0.1:${port}`,
      address: { kind: "tcp", host: "127.0.0.1", port },
      protocol,
      credentials: null,
      tls: null,
    },
    recorded,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

interface Taken {
  readonly command: Recorded;
  readonly answer: string | Buffer;
  readonly length: number;
}

/** memcached ends a command at a line feed, with or without a carriage return before it. */
function line(bytes: Buffer): Taken | null {
  const feed = bytes.indexOf(10);
  if (feed < 0) return null;
  const words = bytes.toString("latin1", 0, feed).replace(/\r$/, "").split(" ");
  const [name = ""] = words;
  const dataWord = DATA_WORD[name];
  const data = dataWord === undefined ? 0 : Number(words[dataWord]);
  const length = feed + 1 + (dataWord === undefined ? 0 : data + 2);
  if (bytes.length < length) return null;
  const answer = ANSWERS[name] ?? (dataWord === undefined ? "ERROR" : "STORED");
  return { command: { words, data }, answer: `${answer}\r\n`, length };
}

function frame(bytes: Buffer): Taken | null {
  if (bytes.length < 24 || bytes.length < 24 + bytes.readUInt32BE(8)) return null;
  const length = 24 + bytes.readUInt32BE(8);
  const opcode = bytes.readUInt8(1);
  const keyAt = 24 + bytes.readUInt8(4);
  const key = bytes.toString("latin1", keyAt, keyAt + bytes.readUInt16BE(2));
  const data = length - keyAt - key.length;
  const body = Buffer.from(opcode === 0x0b ? "1.6.18" : "");
  const answer = Buffer.alloc(24 + body.length);
  answer.writeUInt8(0x81);
  answer.writeUInt8(opcode, 1);
  // No SASL; of keys, not found.
  answer.writeUInt16BE(opcode === 0x20 ? 0x81 : opcode === 0x0b || opcode === 0x10 ? 0 : 1, 6);
  answer.writeUInt32BE(body.length, 8);
  bytes.copy(answer, 12, 12, 16);
  body.copy(answer, 24);
  return { command: { words: [`binary ${opcode}`, key], data }, answer, length };
}
