/**
 * A metadump on a connection of its own, read to its `END` whatever becomes of whoever asked for it.
 *
 * Closing the socket early ends servers before 1.6.26, and not reading it overflows those before 1.6.44 and can
 * hang all of them. So the socket is never paused, and closed only after `END`, after the node itself has closed
 * it, or when the node says that its crawler does not run. What no memcached says (a line of more than 8 kB, more
 * items than it can have) ends it too: there is no memcached to harm.
 *
 * When nothing comes for `stallMs` the asker is told, and reading goes on. The node is then asked on another
 * connection for `lru_crawler_running`: at 0 nothing will write to the socket any more, and it is closed. A node
 * that does not answer keeps it, and its turn, until the kernel or the node ends the connection.
 */
import { emptyValues, requiredSlot } from "@/lib/catalogue/stats";
import { connectNode } from "../connection/connect";
import type { Connection } from "../connection/connection";
import { Deadline } from "../connection/deadline";
import { ConnectionError, toNodeError } from "../connection/errors";
import type { Deadlines, Metadump, MetadumpRequest, NodeEndpoint } from "../contract";
import { encodeMetadump, type MetadumpWalk } from "../text/encoder";
import type { CrawlerLock } from "./crawler-lock";
import { type MetadumpOutcome, MetadumpParser } from "./parser";

/** How often per `stallMs` it is looked whether anything came. A process that was stopped has read by then. */
const CHECKS = 6;
const KEEP_ALIVE_MS = 30_000;

const CRAWLER_RUNNING = requiredSlot("lru_crawler_running");

export type Refused = Extract<MetadumpOutcome, { kind: "refused" }>;

export interface SessionParts {
  readonly endpoint: NodeEndpoint;
  readonly deadlines: Deadlines;
  readonly request: MetadumpRequest;
  /** Nothing came for this long: the asker is told, in milliseconds. */
  readonly stallMs: number;
  readonly lock: CrawlerLock;
  readonly connection: Connection;
  readonly walk: MetadumpWalk;
  /** No node tells more items than this. */
  readonly mostItems: number;
}

/** One metadump from its request to the end of its connection. */
export class MetadumpSession implements Metadump {
  readonly walk: MetadumpWalk;
  readonly ended: Promise<void>;
  private readonly parser: MetadumpParser;
  private resolveStarted: (refusal: Refused | null | ConnectionError) => void = () => {};
  private resolveEnded: (fault: ConnectionError | null) => void = () => {};
  private readonly beginning: Promise<Refused | null>;
  private readonly watch: NodeJS.Timeout;
  private received = 0;
  private receivedBefore = 0;
  private silentChecks = 0;
  private asking = false;
  private refused = false;

  constructor(private readonly parts: SessionParts) {
    const { request, connection, walk, stallMs, endpoint } = parts;
    this.walk = walk;
    this.parser = new MetadumpParser(request.prefix, request.onItem);
    this.beginning = new Promise((resolve, reject) => {
      this.resolveStarted = (outcome) =>
        outcome instanceof ConnectionError ? reject(outcome) : resolve(outcome);
    });
    this.ended = new Promise((resolve, reject) => {
      this.resolveEnded = (fault) => (fault === null ? resolve() : reject(toNodeError(endpoint.id, fault)));
    });
    // Whoever asked may have left: that nobody hears how it ended is no defect.
    this.ended.catch(() => undefined);
    this.watch = setInterval(this.checkProgress, stallMs / CHECKS);
    this.watch.unref();
    connection.socket.setKeepAlive(true, KEEP_ALIVE_MS);
    connection.use(this.receive, this.broken);
    connection.write(encodeMetadump(walk));
  }

  get itemCount(): number {
    return this.parser.itemCount;
  }

  get matched(): number {
    return this.parser.matched;
  }

  get unreadable(): number {
    return this.parser.unreadable;
  }

  stop(): void {
    this.parser.stop();
  }

  /** The refusal, or null when the dump has begun. Rejects with a `ConnectionError`. */
  started(): Promise<Refused | null> {
    return this.beginning;
  }

  private readonly receive = (bytes: Buffer, length: number): void => {
    const { parser } = this;
    this.received += length;
    try {
      if (parser.outcome !== null)
        throw new ConnectionError("malformedReply", "bytes after the end of the dump");
      const complete = parser.push(bytes, length);
      if (parser.began) this.resolveStarted(null);
      if (complete) this.complete();
      else if (parser.itemCount > this.parts.mostItems) {
        throw new ConnectionError("replyTooLarge", "more items than the node can have");
      }
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      this.parts.connection.destroy(error);
    }
  };

  private complete(): void {
    const { outcome, began } = this.parser;
    clearInterval(this.watch);
    if (outcome?.kind === "refused") {
      if (!began) {
        this.refused = true;
        this.resolveStarted(outcome);
        return;
      }
      this.resolveEnded(new ConnectionError("unsupported", outcome.line));
    } else this.resolveEnded(null);
    this.parts.connection.destroy(new ConnectionError("connectionClosed"));
  }

  private readonly broken = (fault: ConnectionError): void => {
    clearInterval(this.watch);
    // Refused before it began: the asker goes on with the turn.
    if (!this.refused) this.parts.lock.release();
    this.resolveStarted(fault);
    this.resolveEnded(fault);
  };

  /** Looks whether anything came. */
  private readonly checkProgress = (): void => {
    this.silentChecks = this.received === this.receivedBefore ? this.silentChecks + 1 : 0;
    this.receivedBefore = this.received;
    if (this.silentChecks === 0 || this.silentChecks % CHECKS !== 0) return;
    const seconds = Math.round((this.silentChecks / CHECKS) * (this.parts.stallMs / 1_000));
    const fault = new ConnectionError("replyTimeout", `nothing of the dump came for ${seconds} s`);
    this.parts.lock.tell(`a metadump with which the node has not gone on for ${seconds} s`);
    this.parser.stop();
    this.resolveStarted(fault);
    this.resolveEnded(fault);
    this.closeIfHarmless();
  };

  private closeIfHarmless(): void {
    if (this.asking) return;
    this.asking = true;
    const { endpoint, deadlines, connection } = this.parts;
    const received = this.received;
    crawlerRuns(endpoint, deadlines)
      .then((runs) => {
        if (!runs && this.received === received) connection.destroy(new ConnectionError("replyTimeout"));
      })
      // Not knowing is no reason to close.
      .catch(() => undefined)
      .finally(() => {
        this.asking = false;
      });
  }
}

/** Whether the node's crawler runs, asked on another connection. Rejects with a `ConnectionError`. */
async function crawlerRuns(endpoint: NodeEndpoint, deadlines: Deadlines): Promise<boolean> {
  const deadline = new Deadline(deadlines.timeoutMs);
  try {
    const { transport } = await connectNode(endpoint, deadlines, deadline, null);
    try {
      const values = emptyValues();
      await transport.poll(values);
      return values[CRAWLER_RUNNING] !== 0;
    } finally {
      transport.destroy(new ConnectionError("connectionClosed"));
    }
  } finally {
    deadline.clear();
  }
}
