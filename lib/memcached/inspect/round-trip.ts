/**
 * One item there and back on a connection of its own: set, get, delete, get. The item expires by itself, should the
 * connection end before it is deleted. Sources: memcached `doc/protocol.txt`, "Storage commands" and "Retrieval
 * command"; `doc/protocol-binary.txt`, "Get", "Set", "Delete".
 */
import { HEADER_BYTES, RESPONSE_MAGIC, STATUS } from "../binary/frames";
import { connectNode } from "../connection/connect";
import type { Connection } from "../connection/connection";
import { Deadline } from "../connection/deadline";
import { ConnectionError, printable, toNodeError } from "../connection/errors";
import type { Deadlines, NodeEndpoint } from "../contract";
import { checkedInteger, checkedKey, encodeDelete, encodeGet, encodeSet } from "../text/encoder";

export const ROUND_TRIP_STEPS = ["set", "get", "delete", "miss"] as const;
export type RoundTripStep = (typeof ROUND_TRIP_STEPS)[number];

export interface RoundTripReply {
  readonly protocol: "text" | "binary";
  /** In order, up to the first that went wrong. `miss`: a get that must find nothing. */
  readonly steps: readonly {
    readonly step: RoundTripStep;
    readonly went: boolean;
    /** The node's words, printable: never the value. */
    readonly answer: string;
    readonly milliseconds: number;
  }[];
}

/** Longest answer to any of the steps, in bytes: a value of at most 1,024 and its line. */
const MAX_ANSWER_BYTES = 4_096;

/**
 * Rejects with `NodeError` when the node cannot be reached, signed in to or understood; an answer other than the
 * right one is a step that went wrong.
 */
export async function roundTrip(
  endpoint: NodeEndpoint,
  deadlines: Deadlines,
  item: { readonly key: string; readonly value: string; readonly exptimeSeconds: number },
): Promise<RoundTripReply> {
  const deadline = new Deadline(deadlines.timeoutMs);
  try {
    const { connection: wire, dialect } = await connectNode(endpoint, deadlines, deadline, null);
    deadline.guard(() => wire.destroy(new ConnectionError("replyTimeout")));
    try {
      const speech = dialect.protocol === "text" ? TEXT : BINARY;
      return { protocol: dialect.protocol, steps: await converse(new Answers(wire), speech, item) };
    } finally {
      wire.destroy(new ConnectionError("connectionClosed"));
    }
  } catch (error) {
    throw toNodeError(endpoint.id, error);
  } finally {
    deadline.clear();
  }
}

interface Item {
  readonly key: string;
  readonly value: string;
  readonly exptimeSeconds: number;
}

/** How a protocol says each step. */
interface ProtocolCodec {
  request(step: RoundTripStep, item: Item): Buffer;
  /** Length of the first whole answer in `bytes`; 0 while it is not whole; NaN when it is no answer. */
  whole(step: RoundTripStep, bytes: Buffer): number;
  /** Whether the answer is the right one, and what it says. */
  judge(step: RoundTripStep, answer: Buffer, item: Item): { readonly went: boolean; readonly said: string };
}

async function converse(
  answers: Answers,
  speech: ProtocolCodec,
  item: Item,
): Promise<RoundTripReply["steps"]> {
  const steps: RoundTripReply["steps"][number][] = [];
  for (const step of ROUND_TRIP_STEPS) {
    const sentAt = performance.now();
    const answer = await answers.ask(speech.request(step, item), (bytes) => speech.whole(step, bytes));
    const { went, said } = speech.judge(step, answer, item);
    steps.push({ step, went, answer: said, milliseconds: performance.now() - sentAt });
    if (!went) break;
  }
  return steps;
}

/** Requests and their answers, one at a time. */
class Answers {
  private bytes = Buffer.alloc(0);
  private whole: (bytes: Buffer) => number = () => 0;
  private resolve: ((answer: Buffer) => void) | null = null;
  private reject: ((fault: ConnectionError) => void) | null = null;

  constructor(private readonly wire: Connection) {
    wire.use(
      (bytes, length) => this.take(bytes.subarray(0, length)),
      (fault) => this.reject?.(fault),
    );
  }

  ask(request: Buffer, whole: (bytes: Buffer) => number): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      if (this.wire.closedBy !== null) reject(this.wire.closedBy);
      this.whole = whole;
      this.resolve = resolve;
      this.reject = reject;
      this.wire.write(request);
    });
  }

  private take(chunk: Buffer): void {
    this.bytes = Buffer.concat([this.bytes, chunk]);
    const { resolve } = this;
    const length = resolve === null ? Number.NaN : this.whole(this.bytes);
    if (this.bytes.length > MAX_ANSWER_BYTES) this.wire.destroy(new ConnectionError("replyTooLarge"));
    else if (length !== 0 && length !== this.bytes.length) {
      this.wire.destroy(new ConnectionError("malformedReply", "bytes other than one answer"));
    } else if (length !== 0 && resolve !== null) {
      const answer = this.bytes;
      this.bytes = Buffer.alloc(0);
      this.resolve = null;
      this.reject = null;
      resolve(answer);
    }
  }
}

const RIGHT_LINE = { set: "STORED", delete: "DELETED", miss: "END" } as const;

const TEXT: ProtocolCodec = {
  request(step, { key, value, exptimeSeconds }) {
    if (step === "set") return encodeSet(key, value, { exptime: exptimeSeconds });
    return step === "delete" ? encodeDelete(key) : encodeGet(key);
  },
  whole(_, bytes) {
    const line = bytes.indexOf("\r\n");
    if (line < 0) return 0;
    if (!bytes.subarray(0, 6).equals(Buffer.from("VALUE "))) return line + 2;
    const length = Number(
      /^VALUE \S+ \d+ (\d{1,5})/.exec(bytes.toString("latin1", 0, line))?.[1] ?? Number.NaN,
    );
    const end = line + 2 + length + "\r\nEND\r\n".length;
    return Number.isNaN(end) ? line + 2 : bytes.length < end ? 0 : end;
  },
  judge(step, answer, { key, value }) {
    const [line = ""] = answer.toString("latin1").split("\r\n", 1);
    if (step !== "get") return { went: line === RIGHT_LINE[step], said: printable(line) };
    const right = Buffer.from(`VALUE ${key} 0 ${value.length}\r\n${value}\r\nEND\r\n`);
    return { went: answer.equals(right), said: printable(line) };
  },
};

const OPCODES = { set: 0x01, get: 0x00, delete: 0x04, miss: 0x00 } as const;

const BINARY: ProtocolCodec = {
  request(step, { key, value, exptimeSeconds }) {
    const extras = Buffer.alloc(step === "set" ? 8 : 0);
    if (step === "set")
      extras.writeUInt32BE(Number(checkedInteger("exptime", exptimeSeconds, 0, 2_592_000)), 4);
    const name = checkedKey(key);
    const body = Buffer.concat([extras, name, Buffer.from(step === "set" ? value : "")]);
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt8(0x80, 0);
    header.writeUInt8(OPCODES[step], 1);
    header.writeUInt16BE(name.length, 2);
    header.writeUInt8(extras.length, 4);
    header.writeUInt32BE(body.length, 8);
    return Buffer.concat([header, body]);
  },
  whole(step, bytes) {
    if (bytes.length < HEADER_BYTES) return 0;
    if (bytes[0] !== RESPONSE_MAGIC || bytes[1] !== OPCODES[step]) return Number.NaN;
    const length = HEADER_BYTES + bytes.readUInt32BE(8);
    return bytes.length < length ? 0 : length;
  },
  judge(step, answer, { value }) {
    const status = answer.readUInt16BE(6);
    const replyText = status === STATUS.ok ? "status 0" : `status ${status}`;
    if (step === "miss") return { went: status === STATUS.notFound, said: replyText };
    if (step !== "get" || status !== STATUS.ok) return { went: status === STATUS.ok, said: replyText };
    const found = answer.subarray(HEADER_BYTES + answer.readUInt8(4) + answer.readUInt16BE(2));
    return { went: found.equals(Buffer.from(value)), said: replyText };
  },
};
