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

import { CapabilityError, ConflictError } from "@/lib/model/errors";
import { emptyValues, requiredSlot } from "@/lib/model/stats";
import { connectCapable } from "./capable-connection";
import { connectNode } from "./connect";
import type { Deadlines, Metadump, MetadumpRequest, NodeEndpoint } from "./contract";
import { type CrawlerTurn, takeCrawlerTurn } from "./crawler-turn";
import { Deadline } from "./deadline";
import { Fault, toNodeError } from "./fault";
import { MetadumpParser } from "./metadump-parser";
import { isAtLeast, parseVersion } from "./server-version";
import { encodeMetadump, type MetadumpWalk } from "./text-encoder";
import type { Wire } from "./wire";

export interface Patience {
  /** Nothing came for this long: the asker is told, in milliseconds. */
  readonly stallMs: number;
  /** How long a crawler that the node runs for itself is waited for, in milliseconds. */
  readonly busyMs: number;
}

const PATIENCE: Patience = { stallMs: 30_000, busyMs: 3_000 };
const BUSY_AGAIN_MS = 100;
/** How often per `stallMs` it is looked whether anything came. A process that was stopped has read by then. */
const LOOKS = 6;
/** A node has no more items than twice what it has counted before, and what is stored meanwhile. */
const STORED_MEANWHILE = 10_000_000;
const KEEP_ALIVE_MS = 30_000;

const CURR_ITEMS = requiredSlot("curr_items");
const CRAWLER_RUNNING = requiredSlot("lru_crawler_running");

/** See `NodeClient.metadump`. */
export async function startMetadump(
  endpoint: NodeEndpoint,
  deadlines: Deadlines,
  request: MetadumpRequest,
  patience: Patience = PATIENCE,
): Promise<Metadump> {
  const turn = takeCrawlerTurn(endpoint.id, "a metadump");
  try {
    const asker = new Asker(endpoint, deadlines, request, patience, turn);
    return (await asker.ask("hash")) ?? (await asker.ask("all")) ?? asker.refused();
  } catch (error) {
    throw toNodeError(endpoint.id, error);
  }
}

interface Opened {
  readonly wire: Wire;
  readonly hasHash: boolean;
  readonly mostItems: number;
}

class Asker {
  private refusal = "";

  constructor(
    private readonly endpoint: NodeEndpoint,
    private readonly deadlines: Deadlines,
    private readonly request: MetadumpRequest,
    private readonly patience: Patience,
    private readonly turn: CrawlerTurn,
  ) {}

  /** Null when the node does not have this walk, or not now. The turn is released unless a dump began or may. */
  async ask(walk: MetadumpWalk): Promise<Metadump | null> {
    const { wire, hasHash, mostItems } = await this.open();
    if (walk === "hash" && !hasHash) {
      wire.destroy(new Fault("connectionClosed"));
      return null;
    }
    const { endpoint, deadlines, request, patience, turn } = this;
    const until = performance.now() + patience.busyMs;
    for (;;) {
      const session = new Session({ endpoint, deadlines, request, patience, turn, wire, walk, mostItems });
      const refusal = await session.begun();
      if (refusal === null) return session;
      if (refusal.word === "BUSY" && performance.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, BUSY_AGAIN_MS));
        continue;
      }
      wire.destroy(new Fault("connectionClosed"));
      this.refusal = refusal.line;
      if (refusal.word === "BUSY") {
        this.turn.release();
        throw new ConflictError(`${endpoint.id} is busy: it runs a crawler that was not started from here`);
      }
      return null;
    }
  }

  refused(): never {
    this.turn.release();
    throw new CapabilityError(`${this.endpoint.id} refuses a metadump: ${this.refusal}`);
  }

  private async open(): Promise<Opened> {
    const { endpoint, deadlines, turn } = this;
    const deadline = new Deadline(deadlines.timeoutMs);
    try {
      const { wire, known, values } = await connectCapable(endpoint, deadlines, deadline, "metadump");
      const items = values[CURR_ITEMS] as number;
      return {
        wire,
        hasHash: isAtLeast(parseVersion(known.version), [1, 6, 9]),
        mostItems: 2 * (Number.isNaN(items) ? 0 : items) + STORED_MEANWHILE,
      };
    } catch (error) {
      turn.release();
      throw error;
    } finally {
      deadline.clear();
    }
  }
}

type Refused = Extract<MetadumpParser["outcome"], { kind: "refused" }>;

interface SessionParts {
  readonly endpoint: NodeEndpoint;
  readonly deadlines: Deadlines;
  readonly request: MetadumpRequest;
  readonly patience: Patience;
  readonly turn: CrawlerTurn;
  readonly wire: Wire;
  readonly walk: MetadumpWalk;
  readonly mostItems: number;
}

class Session implements Metadump {
  readonly walk: MetadumpWalk;
  readonly ended: Promise<void>;
  private readonly parser: MetadumpParser;
  private settleBegun: (refusal: Refused | null | Fault) => void = () => {};
  private settleEnded: (fault: Fault | null) => void = () => {};
  private readonly beginning: Promise<Refused | null>;
  private readonly watch: NodeJS.Timeout;
  private received = 0;
  private receivedBefore = 0;
  private quietLooks = 0;
  private asking = false;
  private refused = false;

  constructor(private readonly parts: SessionParts) {
    const { request, wire, walk, patience, endpoint } = parts;
    this.walk = walk;
    this.parser = new MetadumpParser(request.prefix, request.visit);
    this.beginning = new Promise((resolve, reject) => {
      this.settleBegun = (outcome) => (outcome instanceof Fault ? reject(outcome) : resolve(outcome));
    });
    this.ended = new Promise((resolve, reject) => {
      this.settleEnded = (fault) => (fault === null ? resolve() : reject(toNodeError(endpoint.id, fault)));
    });
    // Whoever asked may have left: that nobody hears how it ended is no defect.
    this.ended.catch(() => undefined);
    this.watch = setInterval(this.look, patience.stallMs / LOOKS);
    this.watch.unref();
    wire.socket.setKeepAlive(true, KEEP_ALIVE_MS);
    wire.use(this.receive, this.broken);
    wire.write(encodeMetadump(walk));
  }

  get seen(): number {
    return this.parser.seen;
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

  /** The refusal, or null when the dump has begun. Rejects with a `Fault`. */
  begun(): Promise<Refused | null> {
    return this.beginning;
  }

  private readonly receive = (bytes: Buffer, length: number): void => {
    const { parser } = this;
    this.received += length;
    try {
      if (parser.outcome !== null) throw new Fault("malformedReply", "bytes after the end of the dump");
      const complete = parser.push(bytes, length);
      if (parser.began) this.settleBegun(null);
      if (complete) this.complete();
      else if (parser.seen > this.parts.mostItems) {
        throw new Fault("replyTooLarge", "more items than the node can have");
      }
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.parts.wire.destroy(error);
    }
  };

  private complete(): void {
    const { outcome, began } = this.parser;
    clearInterval(this.watch);
    if (outcome?.kind === "refused") {
      if (!began) {
        this.refused = true;
        this.settleBegun(outcome);
        return;
      }
      this.settleEnded(new Fault("unsupported", outcome.line));
    } else this.settleEnded(null);
    this.parts.wire.destroy(new Fault("connectionClosed"));
  }

  private readonly broken = (fault: Fault): void => {
    clearInterval(this.watch);
    // Refused before it began: the asker goes on with the turn.
    if (!this.refused) this.parts.turn.release();
    this.settleBegun(fault);
    this.settleEnded(fault);
  };

  /** Looks whether anything came. */
  private readonly look = (): void => {
    this.quietLooks = this.received === this.receivedBefore ? this.quietLooks + 1 : 0;
    this.receivedBefore = this.received;
    if (this.quietLooks === 0 || this.quietLooks % LOOKS !== 0) return;
    const seconds = Math.round((this.quietLooks / LOOKS) * (this.parts.patience.stallMs / 1_000));
    const fault = new Fault("replyTimeout", `nothing of the dump came for ${seconds} s`);
    this.parts.turn.tell(`a metadump with which the node has not gone on for ${seconds} s`);
    this.parser.stop();
    this.settleBegun(fault);
    this.settleEnded(fault);
    this.closeIfHarmless();
  };

  private closeIfHarmless(): void {
    if (this.asking) return;
    this.asking = true;
    const { endpoint, deadlines, wire } = this.parts;
    const received = this.received;
    crawlerRuns(endpoint, deadlines)
      .then((runs) => {
        if (!runs && this.received === received) wire.destroy(new Fault("replyTimeout"));
      })
      // Not knowing is no reason to close.
      .catch(() => undefined)
      .finally(() => {
        this.asking = false;
      });
  }
}

/** Whether the node's crawler runs, asked on another connection. Rejects with a `Fault`. */
async function crawlerRuns(endpoint: NodeEndpoint, deadlines: Deadlines): Promise<boolean> {
  const deadline = new Deadline(deadlines.timeoutMs);
  try {
    const { transport } = await connectNode(endpoint, deadlines, deadline, null);
    try {
      const values = emptyValues();
      await transport.poll(values);
      return values[CRAWLER_RUNNING] !== 0;
    } finally {
      transport.destroy(new Fault("connectionClosed"));
    }
  } finally {
    deadline.clear();
  }
}
