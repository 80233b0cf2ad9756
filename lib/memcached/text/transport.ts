import type { Connection } from "../connection/connection";
import { breaksConnection, ConnectionError, printable } from "../connection/errors";
import type { PollReply, StatsEntries, Tuning } from "../contract";
import type { Transport } from "../transport";
import { encodeFlushAll, encodeStats, encodeTuning, VERSION_REQUEST } from "./encoder";
import { EntriesReader, SingleLineReader } from "./parser";
import { StatsReader } from "./stats-reader";

/** Takes the bytes of one reply; see `StatsReader` and `LineReader`. */
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

/** The text protocol over one connection. */
export class TextTransport implements Transport {
  readonly protocol = "text";
  private readonly statsReader = new StatsReader();
  private exchange: Exchange | null = null;
  private last: ReplyReader = this.statsReader;

  constructor(private readonly wire: Connection) {
    wire.use(this.receive, this.ended);
  }

  get broken(): ConnectionError | null {
    return this.wire.closedBy;
  }

  get replyStarted(): boolean {
    return this.last.started;
  }

  async poll(into: Float64Array): Promise<PollReply> {
    this.statsReader.begin(into);
    const sentAt = performance.now();
    await this.ask(STATS_REQUEST, this.statsReader);
    return { version: this.statsReader.version, latencyMs: performance.now() - sentAt };
  }

  async stats(argument: string): Promise<StatsEntries> {
    const reader = new EntriesReader();
    await this.ask(encodeStats(argument), reader);
    return reader.entries;
  }

  /** Sends a request and resolves with its one line. */
  async line(request: Uint8Array): Promise<string> {
    const reader = new SingleLineReader();
    await this.ask(request, reader);
    return reader.text;
  }

  async ping(): Promise<void> {
    await this.line(VERSION_REQUEST);
  }

  async flushAll(delaySeconds: number): Promise<void> {
    const answer = await this.line(encodeFlushAll(delaySeconds));
    if (answer === "OK") return;
    const fault = new ConnectionError("malformedReply", "flush_all was not answered with OK");
    this.wire.destroy(fault);
    throw fault;
  }

  async tune(tuning: Tuning): Promise<string> {
    return printable(await this.line(encodeTuning(tuning)));
  }

  destroy(fault: ConnectionError): void {
    this.wire.destroy(fault);
  }

  /** Sends a request and resolves when `reader` has the whole reply, or as much of it as it wants. */
  ask(request: Uint8Array, reader: ReplyReader): Promise<void> {
    return new Promise((resolve, reject) => {
      this.exchange = { reader, resolve, reject };
      this.last = reader;
      if (this.wire.closedBy) this.ended(this.wire.closedBy);
      else this.wire.write(request);
    });
  }

  private readonly receive = (bytes: Buffer, length: number): void => {
    const { exchange } = this;
    if (exchange === null) {
      this.wire.destroy(new ConnectionError("malformedReply", "bytes that were not asked for"));
      return;
    }
    try {
      if (!exchange.reader.push(bytes, length)) return;
      this.exchange = null;
      exchange.resolve();
    } catch (error) {
      this.exchange = null;
      if (error instanceof ConnectionError) this.wire.destroy(error);
      else if (breaksConnection(error)) this.wire.destroy(new ConnectionError("malformedReply"));
      exchange.reject(error);
    }
  };

  private readonly ended = (fault: ConnectionError): void => {
    const { exchange } = this;
    this.exchange = null;
    exchange?.reject(fault);
  };
}
