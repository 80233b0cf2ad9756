/**
 * A scripted node for tests that misbehaves on command (truncates, drips, lies, floods). A command that is not in its
 * script is a bug of the test or of the product: it is recorded, the connection is reset, and `close` throws.
 */
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { HEADER_BYTES } from "../../lib/memcached/binary/frames";
import type { NodeEndpoint } from "../../lib/memcached/contract";

/** What the fake does with a command, given the complete request. */
export type Reaction = (socket: Socket, request: Buffer) => void | Promise<void>;

/**
 * Reactions by command: a text command as its line without `\r\n` (`stats`, `stats settings`), a binary one as
 * `binary <opcode> <key>` (`binary 16 settings`). `connect` runs for each new connection. The reactions of a list are used
 * in order, the last one repeatedly.
 */
export type Script = Readonly<Record<string, Reaction | readonly Reaction[]>>;

export interface FakeServer {
  readonly endpoint: NodeEndpoint;
  /** Open connections. */
  readonly open: number;
  /** Connections accepted so far. */
  readonly accepted: number;
  /** Every command received, in order. */
  readonly commands: readonly string[];
  /** Resolves once no connection is open. */
  drained(): Promise<void>;
  /** Throws if it received a command that is not in the script. */
  close(): Promise<void>;
}

/** What a client asks before and after the settings, unless a script has its own reaction. They are not recorded. */
const HARMLESS: Script = {
  "stats conns": (socket) => void socket.write("END\r\n"),
  "watch memfleet": (socket) => void socket.write("ERROR\r\n"),
};

/** Starts a fake on a free port of 127.0.0.1. Its endpoint is set to `text`. */
export async function startFakeServer(script: Script): Promise<FakeServer> {
  const fake = new ScriptedServer(script);
  await fake.listen();
  return fake;
}

class ScriptedServer implements FakeServer {
  readonly commands: string[] = [];
  accepted = 0;
  private readonly sockets = new Set<Socket>();
  private readonly uses = new Map<string, number>();
  private readonly unknown: string[] = [];
  private readonly failures: unknown[] = [];
  private readonly server = createServer({ noDelay: true }, (socket) => this.accept(socket));

  constructor(private readonly script: Script) {}

  get open(): number {
    return this.sockets.size;
  }

  get endpoint(): NodeEndpoint {
    const { port } = this.server.address() as AddressInfo;
    const address = { kind: "tcp", host: "127.0.0.1", port } as const;
    return { id: `127.0.0.1:${port}`, address, protocol: "text", credentials: null, tls: null };
  }

  async listen(): Promise<void> {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
  }

  async drained(): Promise<void> {
    for (const socket of this.sockets) await new Promise((resolve) => socket.once("close", resolve));
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, "close");
    if (this.unknown.length > 0) throw new Error(`unscripted: ${this.unknown.join(", ")}`);
    if (this.failures.length > 0) throw this.failures[0];
  }

  private accept(socket: Socket): void {
    this.accepted++;
    this.sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => this.sockets.delete(socket));
    let received = Buffer.alloc(0);
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      for (let length = requestLength(received); length > 0; length = requestLength(received)) {
        this.react(socket, received.subarray(0, length));
        received = received.subarray(length);
      }
    });
    if (this.script.connect) this.run("connect", socket, Buffer.alloc(0));
  }

  private react(socket: Socket, request: Buffer): void {
    const command = commandOf(request);
    const harmless = this.script[command] === undefined ? HARMLESS[command] : undefined;
    if (typeof harmless === "function") {
      void harmless(socket, request);
      return;
    }
    this.commands.push(command);
    if (this.script[command]) this.run(command, socket, request);
    else {
      this.unknown.push(command);
      socket.resetAndDestroy();
    }
  }

  private run(command: string, socket: Socket, request: Buffer): void {
    const scripted = this.script[command];
    const reactions = typeof scripted === "function" ? [scripted] : (scripted ?? []);
    const uses = this.uses.get(command) ?? 0;
    this.uses.set(command, uses + 1);
    const reaction = reactions[Math.min(uses, reactions.length - 1)];
    Promise.resolve(reaction?.(socket, request)).catch((error) => this.failures.push(error));
  }
}

/** Length of the first request, 0 if it is incomplete. The data line is part of a `set`. */
function requestLength(bytes: Buffer): number {
  if (bytes[0] === 0x80) {
    if (bytes.length < HEADER_BYTES) return 0;
    const length = HEADER_BYTES + bytes.readUInt32BE(8);
    return bytes.length < length ? 0 : length;
  }
  const line = bytes.indexOf("\r\n");
  if (line < 0) return 0;
  const words = bytes.toString("latin1", 0, line).split(" ");
  const length = line + 2 + (words[0] === "set" ? Number(words[4]) + 2 : 0);
  return bytes.length < length ? 0 : length;
}

function commandOf(request: Buffer): string {
  if (request[0] !== 0x80) return request.toString("latin1", 0, request.indexOf("\r\n"));
  const keyAt = HEADER_BYTES + request.readUInt8(4);
  const key = request.toString("latin1", keyAt, keyAt + request.readUInt16BE(2));
  return `binary ${request.readUInt8(1)} ${key}`.trimEnd();
}
