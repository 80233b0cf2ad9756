/** Starts a metadump: under the crawler lock of the node, on a new connection, with the walk that the node supports. */

import { requiredSlot } from "@/lib/catalogue/stats";
import { CapabilityError, ConflictError } from "@/lib/model/errors";
import { isKnownBefore, parseVersion } from "@/lib/model/node/server-version";
import { connectCapable } from "../connection/connect-capable";
import type { Connection } from "../connection/connection";
import { Deadline } from "../connection/deadline";
import { ConnectionError, toNodeError } from "../connection/errors";
import type { Deadlines, Metadump, MetadumpRequest, NodeEndpoint } from "../contract";
import type { MetadumpWalk } from "../text/encoder";
import { acquireCrawlerLock, type CrawlerLock } from "./crawler-lock";
import { MetadumpSession } from "./session";

export interface Patience {
  /** Time without any bytes until the caller gets an error, in milliseconds. */
  readonly stallMs: number;
  /** Longest wait for a crawler that the node started itself, in milliseconds. */
  readonly busyMs: number;
}

const PATIENCE: Patience = { stallMs: 30_000, busyMs: 3_000 };
const BUSY_RETRY_MS = 100;
/** Allowance for items stored during the dump, besides twice the number of items before it. */
const MAX_NEW_ITEMS = 10_000_000;

const CURR_ITEMS = requiredSlot("curr_items");

/** See `NodeClient.metadump`. */
export async function startMetadump(
  endpoint: NodeEndpoint,
  deadlines: Deadlines,
  request: MetadumpRequest,
  patience: Patience = PATIENCE,
): Promise<Metadump> {
  const lock = acquireCrawlerLock(endpoint.id, "a metadump");
  try {
    const requester = new MetadumpRequester(endpoint, deadlines, request, patience, lock);
    return (await requester.start("hash")) ?? (await requester.start("all")) ?? requester.refused();
  } catch (error) {
    throw toNodeError(endpoint.id, error);
  }
}

interface OpenedConnection {
  readonly connection: Connection;
  readonly hasHash: boolean;
  readonly maxItems: number;
}

class MetadumpRequester {
  private refusal = "";

  constructor(
    private readonly endpoint: NodeEndpoint,
    private readonly deadlines: Deadlines,
    private readonly request: MetadumpRequest,
    private readonly patience: Patience,
    private readonly lock: CrawlerLock,
  ) {}

  /** Null if the node rejects this walk. Releases the lock on failure, unless a dump may be running. */
  async start(walk: MetadumpWalk): Promise<Metadump | null> {
    const { connection, hasHash, maxItems } = await this.open();
    if (walk === "hash" && !hasHash) {
      connection.destroy(new ConnectionError("connectionClosed"));
      return null;
    }
    const { endpoint, deadlines, request, lock } = this;
    const { stallMs, busyMs } = this.patience;
    const until = performance.now() + busyMs;
    const parts = { endpoint, deadlines, request, stallMs, lock, connection, walk, maxItems };
    for (;;) {
      const session = new MetadumpSession(parts);
      const refusal = await session.started();
      if (refusal === null) return session;
      if (refusal.word === "BUSY" && performance.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, BUSY_RETRY_MS));
        continue;
      }
      connection.destroy(new ConnectionError("connectionClosed"));
      this.refusal = refusal.line;
      if (refusal.word === "BUSY") {
        this.lock.release();
        throw new ConflictError(`${endpoint.id} is busy with a crawler that Memfleet did not start`);
      }
      return null;
    }
  }

  refused(): never {
    this.lock.release();
    throw new CapabilityError(`${this.endpoint.id} rejected the metadump: ${this.refusal}`);
  }

  private async open(): Promise<OpenedConnection> {
    const { endpoint, deadlines } = this;
    const deadline = new Deadline(deadlines.timeoutMs);
    try {
      const ready = await connectCapable(endpoint, deadlines, deadline, "metadump");
      const items = ready.values[CURR_ITEMS] as number;
      return {
        connection: ready.connection,
        // A server that does not know this walk refuses it.
        hasHash: !isKnownBefore(parseVersion(ready.learned.version), [1, 6, 9]),
        maxItems: 2 * (Number.isNaN(items) ? 0 : items) + MAX_NEW_ITEMS,
      };
    } catch (error) {
      this.lock.release();
      throw error;
    } finally {
      deadline.clear();
    }
  }
}
