/**
 * A metadump on its own connection, read to its `END` even if the caller no longer reads.
 *
 * Closing the socket early crashes servers before 1.6.26; not reading it overflows those before 1.6.44 and can hang all
 * of them. So the socket is never paused, and is closed only after `END`, after the node itself has closed it, or if the
 * node reports that its crawler is not running. It is also closed for bytes that no memcached sends (a line of more than
 * 8 kB, more items than it can have): there is no memcached to harm.
 *
 * If nothing arrives for `stallMs`, the caller gets an error, but reading continues. `lru_crawler_running` is then read over
 * another connection: at 0, nothing will be written to the socket again, and it is closed. If the node does not respond,
 * the socket and the lock are kept until the kernel or the node closes the connection.
 */
import { emptyValues, requiredSlot } from "@/lib/catalogue/stats";
import type { Connection } from "../connection/connection";
import { ConnectionError, toNodeError } from "../connection/errors";
import { withShortLivedConnections } from "../connection/short-lived";
import type { Deadlines, Metadump, MetadumpRequest, NodeEndpoint } from "../contract";
import { encodeMetadump, type MetadumpWalk } from "../text/encoder";
import type { CrawlerLock } from "./crawler-lock";
import { type MetadumpOutcome, MetadumpParser } from "./parser";

/** Checks per `stallMs`. With several, a process that was stopped reads what arrived before it reports a stall. */
const CHECKS = 6;
const KEEP_ALIVE_MS = 30_000;

const CRAWLER_RUNNING = requiredSlot("lru_crawler_running");

export type MetadumpRefusal = Extract<MetadumpOutcome, { kind: "refused" }>;

export interface SessionParts {
  readonly endpoint: NodeEndpoint;
  readonly deadlines: Deadlines;
  readonly request: MetadumpRequest;
  /** Time without any bytes until the caller gets an error, in milliseconds. */
  readonly stallMs: number;
  readonly lock: CrawlerLock;
  readonly connection: Connection;
  readonly walk: MetadumpWalk;
  /** More items than this are not from a memcached. */
  readonly maxItems: number;
}

/** One metadump from its request to the end of its connection. */
export class MetadumpSession implements Metadump {
  readonly walk: MetadumpWalk;
  readonly ended: Promise<void>;
  private readonly parser: MetadumpParser;
  private resolveStarted: (refusal: MetadumpRefusal | null | ConnectionError) => void = () => {};
  private resolveEnded: (error: ConnectionError | null) => void = () => {};
  private readonly start: Promise<MetadumpRefusal | null>;
  private readonly progressTimer: NodeJS.Timeout;
  private received = 0;
  private receivedBefore = 0;
  private silentChecks = 0;
  private checking = false;
  private refused = false;

  constructor(private readonly parts: SessionParts) {
    const { request, connection, walk, stallMs, endpoint } = parts;
    this.walk = walk;
    this.parser = new MetadumpParser(request.prefix, request.onItem);
    this.start = new Promise((resolve, reject) => {
      this.resolveStarted = (outcome) =>
        outcome instanceof ConnectionError ? reject(outcome) : resolve(outcome);
    });
    this.ended = new Promise((resolve, reject) => {
      this.resolveEnded = (error) => (error === null ? resolve() : reject(toNodeError(endpoint.id, error)));
    });
    // Callers do not have to wait for the end; without this the rejection would be unhandled.
    this.ended.catch(() => undefined);
    this.progressTimer = setInterval(this.checkProgress, stallMs / CHECKS);
    this.progressTimer.unref();
    connection.socket.setKeepAlive(true, KEEP_ALIVE_MS);
    connection.use(this.receive, this.onClosed);
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

  /** The refusal, or null once the dump has started. Rejects with a `ConnectionError`. */
  started(): Promise<MetadumpRefusal | null> {
    return this.start;
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
      else if (parser.itemCount > this.parts.maxItems) {
        throw new ConnectionError("replyTooLarge", "more items than the node can have");
      }
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      this.parts.connection.destroy(error);
    }
  };

  private complete(): void {
    const { outcome, began } = this.parser;
    clearInterval(this.progressTimer);
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

  private readonly onClosed = (error: ConnectionError): void => {
    clearInterval(this.progressTimer);
    // After a refusal, the caller keeps the lock.
    if (!this.refused) this.parts.lock.release();
    this.resolveStarted(error);
    this.resolveEnded(error);
  };

  private readonly checkProgress = (): void => {
    this.silentChecks = this.received === this.receivedBefore ? this.silentChecks + 1 : 0;
    this.receivedBefore = this.received;
    if (this.silentChecks === 0 || this.silentChecks % CHECKS !== 0) return;
    const seconds = Math.round((this.silentChecks / CHECKS) * (this.parts.stallMs / 1_000));
    const error = new ConnectionError("replyTimeout", `no data for ${seconds} s`);
    this.parts.lock.describe(`a metadump (no data for ${seconds} s)`);
    this.parser.stop();
    this.resolveStarted(error);
    this.resolveEnded(error);
    this.closeIfHarmless();
  };

  private closeIfHarmless(): void {
    if (this.checking) return;
    this.checking = true;
    const { endpoint, deadlines, connection } = this.parts;
    const received = this.received;
    crawlerRuns(endpoint, deadlines)
      .then((runs) => {
        if (!runs && this.received === received) connection.destroy(new ConnectionError("replyTimeout"));
      })
      // Without a response, the crawler may still be running.
      .catch(() => undefined)
      .finally(() => {
        this.checking = false;
      });
  }
}

/** Reads over another connection whether the node's crawler is running. Rejects with `NodeError`. */
function crawlerRuns(endpoint: NodeEndpoint, deadlines: Deadlines): Promise<boolean> {
  return withShortLivedConnections(endpoint, deadlines, async ({ connect }) => {
    const { transport } = await connect();
    const values = emptyValues();
    await transport.poll(values);
    return values[CRAWLER_RUNNING] !== 0;
  });
}
