/** Asking a node for a metadump: in its crawler turn, on a connection of its own, by the walk that it has. */

import { requiredSlot } from "@/lib/catalogue/stats";
import { CapabilityError, ConflictError } from "@/lib/model/errors";
import { connectCapable } from "../connection/connect-capable";
import type { Connection } from "../connection/connection";
import { Deadline } from "../connection/deadline";
import { ConnectionError, toNodeError } from "../connection/errors";
import type { Deadlines, Metadump, MetadumpRequest, NodeEndpoint } from "../contract";
import { isAtLeast, parseVersion } from "../server-version";
import type { MetadumpWalk } from "../text/encoder";
import { acquireCrawlerLock, type CrawlerLock } from "./crawler-lock";
import { MetadumpSession } from "./session";

export interface Patience {
  /** Nothing came for this long: the asker is told, in milliseconds. */
  readonly stallMs: number;
  /** How long a crawler that the node runs for itself is waited for, in milliseconds. */
  readonly busyMs: number;
}

const PATIENCE: Patience = { stallMs: 30_000, busyMs: 3_000 };
const BUSY_AGAIN_MS = 100;
/** A node has no more items than twice what it has counted before, and what is stored meanwhile. */
const STORED_MEANWHILE = 10_000_000;

const CURR_ITEMS = requiredSlot("curr_items");

/** See `NodeClient.metadump`. */
export async function startMetadump(
  endpoint: NodeEndpoint,
  deadlines: Deadlines,
  request: MetadumpRequest,
  patience: Patience = PATIENCE,
): Promise<Metadump> {
  const turn = acquireCrawlerLock(endpoint.id, "a metadump");
  try {
    const asker = new MetadumpRequester(endpoint, deadlines, request, patience, turn);
    return (await asker.ask("hash")) ?? (await asker.ask("all")) ?? asker.refused();
  } catch (error) {
    throw toNodeError(endpoint.id, error);
  }
}

interface Opened {
  readonly connection: Connection;
  readonly hasHash: boolean;
  readonly mostItems: number;
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

  /** Null when the node does not have this walk, or not now. The turn is released unless a dump began or may. */
  async ask(walk: MetadumpWalk): Promise<Metadump | null> {
    const { connection, hasHash, mostItems } = await this.open();
    if (walk === "hash" && !hasHash) {
      connection.destroy(new ConnectionError("connectionClosed"));
      return null;
    }
    const { endpoint, deadlines, request, lock: turn } = this;
    const { stallMs, busyMs } = this.patience;
    const until = performance.now() + busyMs;
    for (;;) {
      const session = new MetadumpSession({
        endpoint,
        deadlines,
        request,
        stallMs,
        lock: turn,
        connection,
        walk,
        mostItems,
      });
      const refusal = await session.started();
      if (refusal === null) return session;
      if (refusal.word === "BUSY" && performance.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, BUSY_AGAIN_MS));
        continue;
      }
      connection.destroy(new ConnectionError("connectionClosed"));
      this.refusal = refusal.line;
      if (refusal.word === "BUSY") {
        this.lock.release();
        throw new ConflictError(`${endpoint.id} is busy: it runs a crawler that was not started from here`);
      }
      return null;
    }
  }

  refused(): never {
    this.lock.release();
    throw new CapabilityError(`${this.endpoint.id} refuses a metadump: ${this.refusal}`);
  }

  private async open(): Promise<Opened> {
    const { endpoint, deadlines, lock: turn } = this;
    const deadline = new Deadline(deadlines.timeoutMs);
    try {
      const {
        connection,
        learned: known,
        values,
      } = await connectCapable(endpoint, deadlines, deadline, "metadump");
      const items = values[CURR_ITEMS] as number;
      return {
        connection,
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
