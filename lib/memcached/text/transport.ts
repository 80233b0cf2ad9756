import type { Connection } from "../connection/connection";
import {
  breaksConnection,
  CommandError,
  ConnectionError,
  printable,
  toReplyError,
} from "../connection/errors";
import type { PollReply, StatsEntries, Tuning } from "../contract";
import type { Transport } from "../transport";
import { encodeCommand, encodeFlushAll, encodeStats, encodeTuning, VERSION_REQUEST } from "./encoder";
import { EntriesReader, ListenersReader, SingleLineReader } from "./parser";
import { StatsReader } from "./stats-reader";

/** Parses the bytes of one reply; see `StatsReader` and `LineReader`. */
export interface ReplyReader {
  readonly started: boolean;
  push(bytes: Uint8Array, length: number): boolean;
}

interface Exchange {
  readonly reader: ReplyReader;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const STATS_REQUEST = encodeStats("");
/** No version has a stream of this name: the reply is an error, and a different one under `-W`. */
const WATCH_REQUEST = encodeCommand(["watch", "memfleet"]);

/** The text protocol over one connection. */
export class TextTransport implements Transport {
  readonly protocol = "text";
  private readonly statsReader = new StatsReader();
  private exchange: Exchange | null = null;
  private last: ReplyReader = this.statsReader;

  constructor(private readonly connection: Connection) {
    connection.use(this.receive, this.onClosed);
  }

  get broken(): ConnectionError | null {
    return this.connection.closedBy;
  }

  get replyStarted(): boolean {
    return this.last.started;
  }

  async poll(into: Float64Array): Promise<PollReply> {
    this.statsReader.begin(into);
    const sentAt = performance.now();
    await this.send(STATS_REQUEST, this.statsReader);
    const latencyMs = performance.now() - sentAt;
    return { version: this.statsReader.version, latencyMs, unlisted: this.statsReader.unlisted };
  }

  async stats(argument: string): Promise<StatsEntries> {
    const reader = new EntriesReader();
    await this.send(encodeStats(argument), reader);
    return reader.entries;
  }

  async listeners(): Promise<readonly string[]> {
    const reader = new ListenersReader();
    await this.send(encodeStats("conns"), reader);
    return reader.listeners;
  }

  async refusesWatch(): Promise<boolean> {
    try {
      await this.line(WATCH_REQUEST);
      return false;
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      return error.kind === "clientError" && error.text.includes("not allowed");
    }
  }

  /** Sends a request and resolves with its one-line reply. */
  async line(request: Uint8Array): Promise<string> {
    const reader = new SingleLineReader();
    await this.send(request, reader);
    return reader.text;
  }

  async ping(): Promise<void> {
    await this.line(VERSION_REQUEST);
  }

  async flushAll(delaySeconds: number): Promise<void> {
    const reply = await this.line(encodeFlushAll(delaySeconds));
    if (reply === "OK") return;
    const error = new ConnectionError("malformedReply", "unexpected reply to flush_all");
    this.connection.destroy(error);
    throw error;
  }

  async tune(tuning: Tuning): Promise<string> {
    return printable(await this.line(encodeTuning(tuning)));
  }

  destroy(error: ConnectionError): void {
    this.connection.destroy(error);
  }

  /** Sends a request and resolves when `reader` has the complete reply, or all it needs of it. */
  send(request: Uint8Array, reader: ReplyReader): Promise<void> {
    return new Promise((resolve, reject) => {
      this.exchange = { reader, resolve, reject };
      this.last = reader;
      if (this.connection.closedBy) this.onClosed(this.connection.closedBy);
      else this.connection.write(request);
    });
  }

  private readonly receive = (bytes: Buffer, length: number): void => {
    const { exchange } = this;
    if (exchange === null) {
      this.connection.destroy(new ConnectionError("malformedReply", "unrequested bytes"));
      return;
    }
    try {
      if (!exchange.reader.push(bytes, length)) return;
      this.exchange = null;
      exchange.resolve();
    } catch (error) {
      this.exchange = null;
      if (breaksConnection(error)) this.connection.destroy(toReplyError(error));
      exchange.reject(error);
    }
  };

  private readonly onClosed = (error: ConnectionError): void => {
    const { exchange } = this;
    this.exchange = null;
    exchange?.reject(error);
  };
}
