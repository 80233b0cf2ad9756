/** `lru_crawler crawl` on its own connection, under the node's crawler lock. */
import { CapabilityError, ConflictError, InputError } from "@/lib/model/errors";
import { connectCapable } from "../connection/connect-capable";
import { Deadline } from "../connection/deadline";
import { CommandError, ConnectionError, printable, toNodeError } from "../connection/errors";
import type { CrawlStart, Deadlines, NodeEndpoint } from "../contract";
import { encodeCrawl } from "../text/encoder";
import { TextTransport } from "../text/transport";
import { acquireCrawlerLock } from "./crawler-lock";

/** See `NodeClient.crawl`. */
export async function startCrawl(
  endpoint: NodeEndpoint,
  deadlines: Deadlines,
  classes: "all" | readonly number[],
): Promise<CrawlStart> {
  const request = encodeCrawl(classes);
  const lock = acquireCrawlerLock(endpoint.id, "lru_crawler crawl");
  const deadline = new Deadline(deadlines.timeoutMs);
  try {
    const { transport, connection } = await connectCapable(endpoint, deadlines, deadline, "lru_crawler");
    try {
      return outcomeOf(endpoint.id, await new TextTransport(connection).line(request), classes);
    } finally {
      transport.destroy(new ConnectionError("connectionClosed"));
    }
  } catch (error) {
    if (error instanceof CommandError) {
      throw new CapabilityError(`${endpoint.id} rejected lru_crawler crawl: ${error.message}`, {
        cause: error,
      });
    }
    throw toNodeError(endpoint.id, error);
  } finally {
    deadline.clear();
    lock.release();
  }
}

/** Source: memcached `doc/protocol.txt`, "LRU_Crawler". */
function outcomeOf(node: string, reply: string, classes: "all" | readonly number[]): CrawlStart {
  if (reply === "OK") return "started";
  if (reply.startsWith("NOTSTARTED")) return "nothingToCrawl";
  if (reply.startsWith("BUSY")) throw new ConflictError(`${node} is busy: ${printable(reply)}`);
  if (reply.startsWith("BADCLASS")) {
    throw new InputError([
      { field: "classes", found: String(classes), allowed: "slab classes of this node" },
    ]);
  }
  throw new ConnectionError("malformedReply", "unexpected reply to lru_crawler crawl");
}
