/**
 * What a node speaks, found out without hanging.
 *
 * A text command to a binary-only or SASL node gets no answer at all. A binary `version` packet whose opaque
 * field reads as two line ends is answered by every kind: with a binary frame (auto, `-B binary`, `-S`; no
 * sign-in needed), with `ERROR` (`-B ascii`), with `CLIENT_ERROR unauthenticated` or by closing (`-Y`).
 * The connection is of no use afterwards to a text node, so it is always closed.
 */
import { FrameGuard, HEADER_BYTES, OPCODE, RESPONSE_MAGIC, STATUS } from "../binary/frames";
import { CONNECTIONS_FULL } from "../text/reply-line";
import type { Connection } from "./connection";
import { ConnectionError } from "./errors";

/** What a node answered to the packets of `fingerprint`. */
export type DetectedProtocol =
  | { readonly kind: "text" }
  | { readonly kind: "authfile" }
  /** It hung up: authfile nodes of newer versions do, and so do servers that know nothing of this protocol. */
  | { readonly kind: "closed" }
  | {
      readonly kind: "binary";
      readonly version: string;
      /** SASL mechanisms; null when the node does not know the question, because SASL is off. */
      readonly mechanisms: readonly string[] | null;
      /** `binding_protocol` of its settings; null when it did not say. */
      readonly binding: string | null;
    };

/** Both line ends: whatever precedes them, a text server sees a complete line. */
const LINE_ENDS = 0x0d0a0d0a;

/** Asks the node on a connection of its own, which is closed afterwards. Rejects with a `Fault`. */
export async function detectProtocol(wire: Connection): Promise<DetectedProtocol> {
  try {
    return await new Conversation(wire).run();
  } finally {
    wire.destroy(new ConnectionError("connectionClosed"));
  }
}

interface Frame {
  readonly status: number;
  readonly key: string;
  readonly value: string;
}

/** More than any node says to these packets: `stats settings` takes about 4 kB. */
const MAX_ANSWER_BYTES = 65_536;

class Conversation {
  private bytes = Buffer.alloc(0);
  private closed: ConnectionError | null = null;
  private wake: (() => void) | null = null;

  constructor(private readonly wire: Connection) {
    wire.use(
      (bytes, length) => {
        this.bytes = Buffer.concat([this.bytes, bytes.subarray(0, length)]);
        if (this.bytes.length > MAX_ANSWER_BYTES) wire.destroy(new ConnectionError("replyTooLarge"));
        this.wake?.();
      },
      (fault) => {
        this.closed = fault;
        this.wake?.();
      },
    );
  }

  async run(): Promise<DetectedProtocol> {
    this.wire.write(request(OPCODE.version, "", LINE_ENDS));
    const text = await this.firstByte();
    if (text !== null) return text;
    const version = await this.frame();
    this.wire.write(request(OPCODE.saslList, "", LINE_ENDS));
    const list = await this.frame();
    const mechanisms = list.status === STATUS.ok ? list.value.split(" ").filter((name) => name !== "") : null;
    const binding = mechanisms === null ? await this.binding() : null;
    return { kind: "binary", version: version.value.slice(0, 64), mechanisms, binding };
  }

  /** Null when a binary frame begins; else what the text answer tells. */
  private async firstByte(): Promise<DetectedProtocol | null> {
    while (this.bytes.length === 0) {
      if (this.closed?.reason === "connectionClosed") return { kind: "closed" };
      await this.more();
    }
    if (this.bytes[0] === RESPONSE_MAGIC) return null;
    while (!this.bytes.includes(10)) {
      const beginning = this.bytes.toString("latin1");
      if (
        ![`${CONNECTIONS_FULL}\r`, "ERROR\r", "CLIENT_ERROR "].some(
          (word) => word.startsWith(beginning) || beginning.startsWith(word),
        )
      ) {
        throw new ConnectionError("notMemcached");
      }
      if (this.closed?.reason === "connectionClosed") return { kind: "closed" };
      await this.more();
    }
    const line = this.bytes.toString("latin1", 0, this.bytes.indexOf(10)).trimEnd();
    if (line === CONNECTIONS_FULL) throw new ConnectionError("connectionsFull");
    if (line.startsWith("CLIENT_ERROR unauthenticated")) return { kind: "authfile" };
    if (line === "ERROR" || line.startsWith("CLIENT_ERROR")) return { kind: "text" };
    throw new ConnectionError("notMemcached");
  }

  /** The connection is closed afterwards, so the settings that follow need not be read. */
  private async binding(): Promise<string | null> {
    this.wire.write(request(OPCODE.stat, "settings", LINE_ENDS));
    for (;;) {
      const { status, key, value } = await this.frame();
      if (status !== STATUS.ok || key === "") return null;
      if (key === "binding_protocol") return value;
    }
  }

  private async frame(): Promise<Frame> {
    while (
      this.bytes.length < HEADER_BYTES ||
      this.bytes.length < HEADER_BYTES + this.bytes.readUInt32BE(8)
    ) {
      await this.more();
    }
    const end = HEADER_BYTES + this.bytes.readUInt32BE(8);
    const whole = this.bytes.subarray(0, end);
    new FrameGuard(() => undefined).push(whole, end);
    const keyAt = HEADER_BYTES + whole.readUInt8(4);
    const valueAt = keyAt + whole.readUInt16BE(2);
    this.bytes = this.bytes.subarray(end);
    return {
      status: whole.readUInt16BE(6),
      key: whole.toString("latin1", keyAt, valueAt),
      value: whole.toString("latin1", valueAt),
    };
  }

  private async more(): Promise<void> {
    if (this.closed) throw this.closed;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
    });
    this.wake = null;
  }
}

function request(opcode: number, key: string, opaque: number): Buffer {
  const packet = Buffer.alloc(HEADER_BYTES + key.length);
  packet.writeUInt8(0x80, 0);
  packet.writeUInt8(opcode, 1);
  packet.writeUInt16BE(key.length, 2);
  packet.writeUInt32BE(key.length, 8);
  packet.writeUInt32BE(opaque, 12);
  packet.write(key, HEADER_BYTES, "latin1");
  return packet;
}
