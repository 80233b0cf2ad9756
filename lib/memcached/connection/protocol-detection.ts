/**
 * Detects what a node speaks, without hanging.
 *
 * A binary-only or SASL node never replies to a text command. Every node reacts to a binary `version` request whose
 * opaque field spells two line ends: with a binary frame (auto, `-B binary`, `-S`; no sign-in needed), with `ERROR`
 * (`-B ascii`), with `CLIENT_ERROR unauthenticated` or by closing (`-Y`). A text node is then in an unknown state, so
 * the connection is always closed.
 */
import { encodeFrame } from "../binary/encoder";
import { OPCODE, RESPONSE_MAGIC, STATUS } from "../binary/frames";
import { BinaryReplies, type BinaryReply } from "../binary/replies";
import { CONNECTIONS_FULL } from "../text/reply-line";
import type { Connection } from "./connection";
import { ConnectionError, toReplyError } from "./errors";

/** The outcome of a detection. */
export type DetectedProtocol =
  | { readonly kind: "text" }
  | { readonly kind: "authfile" }
  /** It closed the connection, as newer authfile nodes do, and servers that do not know the protocol. */
  | { readonly kind: "closed" }
  | {
      readonly kind: "binary";
      readonly version: string;
      /** SASL mechanisms; null if the node does not know the request, because SASL is off. */
      readonly mechanisms: readonly string[] | null;
    };

/** Two line ends: whatever comes before them, a text server gets a complete line. */
const LINE_ENDS = 0x0d0a0d0a;

/** More than the replies of any node. */
const MAX_BYTES = 4_096;

/** How a text reply to the first request can begin. */
const TEXT_REPLIES = [`${CONNECTIONS_FULL}\r`, "ERROR\r", "ERROR ", "CLIENT_ERROR ", "SERVER_ERROR "];

/** At least as long as a binary header, after which a binary-only node closes the connection. */
const VERSION_LINES = "version\r\n".repeat(3);

/** Takes over the connection and closes it. Calls `onReply` once it has replied. Rejects with `ConnectionError`. */
export async function detectProtocol(
  connection: Connection,
  onReply: () => void = () => undefined,
): Promise<DetectedProtocol> {
  try {
    return await new Detection(connection, onReply).run();
  } finally {
    connection.destroy(new ConnectionError("connectionClosed"));
  }
}

/**
 * Whether a node that replied in binary replies to text as well, unlike one started with `-B binary`. Its settings would
 * tell, but reading them can crash it. Takes over the connection and closes it. Rejects with `ConnectionError`.
 */
export async function speaksText(connection: Connection): Promise<boolean> {
  try {
    return await new Promise<boolean>((resolve, reject) => {
      connection.use(
        (bytes) => resolve(bytes[0] !== RESPONSE_MAGIC),
        (error) => (error.reason === "connectionClosed" ? resolve(false) : reject(error)),
      );
      connection.write(Buffer.from(VERSION_LINES));
    });
  } finally {
    connection.destroy(new ConnectionError("connectionClosed"));
  }
}

class Detection {
  private firstByte: number | null = null;
  private received = 0;
  private text = "";
  private readonly frames: BinaryReply[] = [];
  private readonly replies = new BinaryReplies(
    (frame) => this.frames.push(frame),
    () => true,
  );
  private closed: ConnectionError | null = null;
  private wake: (() => void) | null = null;

  constructor(
    private readonly connection: Connection,
    private readonly onReply: () => void,
  ) {
    connection.use(this.receive, (error) => {
      this.closed = error;
      this.wake?.();
    });
  }

  async run(): Promise<DetectedProtocol> {
    this.send(OPCODE.version);
    while (this.firstByte === null) {
      if (this.closed?.reason === "connectionClosed") return { kind: "closed" };
      await this.more();
    }
    if (this.firstByte !== RESPONSE_MAGIC) return this.textReply();
    const version = valueText(await this.frame());
    this.send(OPCODE.saslList);
    const list = await this.frame();
    const mechanisms = list.status === STATUS.ok ? valueText(list).split(" ").filter(Boolean) : null;
    return { kind: "binary", version: version.slice(0, 64), mechanisms };
  }

  private async textReply(): Promise<DetectedProtocol> {
    while (!this.text.includes("\n")) {
      const plausible = TEXT_REPLIES.some(
        (start) => start.startsWith(this.text) || this.text.startsWith(start),
      );
      if (!plausible) throw new ConnectionError("notMemcached");
      if (this.closed?.reason === "connectionClosed") return { kind: "closed" };
      await this.more();
    }
    const line = this.text.slice(0, this.text.indexOf("\n")).trimEnd();
    if (line === CONNECTIONS_FULL) throw new ConnectionError("connectionsFull");
    if (line.startsWith("CLIENT_ERROR unauthenticated")) return { kind: "authfile" };
    if (/^(CLIENT_|SERVER_)?ERROR\b/.test(line)) return { kind: "text" };
    throw new ConnectionError("notMemcached");
  }

  private send(opcode: number): void {
    this.connection.write(encodeFrame({ opcode, opaque: LINE_ENDS }));
  }

  private async frame(): Promise<BinaryReply> {
    for (;;) {
      const frame = this.frames.shift();
      if (frame !== undefined) return frame;
      await this.more();
    }
  }

  private async more(): Promise<void> {
    if (this.closed) throw this.closed;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
    });
    this.wake = null;
  }

  private readonly receive = (bytes: Buffer, length: number): void => {
    if (this.firstByte === null) this.onReply();
    this.firstByte ??= bytes[0] ?? null;
    this.received += length;
    try {
      if (this.received > MAX_BYTES) throw new ConnectionError("replyTooLarge");
      if (this.firstByte === RESPONSE_MAGIC) this.replies.push(bytes, length);
      else this.text += bytes.toString("latin1", 0, length);
    } catch (error) {
      this.connection.destroy(toReplyError(error));
    }
    this.wake?.();
  };
}

function valueText({ body }: BinaryReply): string {
  return body?.value.toString("latin1") ?? "";
}
