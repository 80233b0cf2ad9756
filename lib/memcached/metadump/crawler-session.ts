/** `lru_crawler crawl` on a connection of its own, in the node's crawler turn. */
import { CapabilityError, ConflictError, InputError } from "@/lib/model/errors";
import { connectCapable } from "../connection/connect-capable";
import { Deadline } from "../connection/deadline";
import { CommandError, ConnectionError, printable, toNodeError } from "../connection/errors";
import type { Deadlines, NodeEndpoint } from "../contract";
import { encodeCrawl } from "../text/encoder";
import { TextTransport } from "../text/transport";
import { acquireCrawlerLock } from "./crawler-lock";

/** See `NodeClient.crawl`. */
export async function startCrawl(
  endpoint: NodeEndpoint,
  deadlines: Deadlines,
  classes: "all" | readonly number[],
): Promise<void> {
  const request = encodeCrawl(classes);
  const turn = acquireCrawlerLock(endpoint.id, "lru_crawler crawl");
  const deadline = new Deadline(deadlines.timeoutMs);
  try {
    const { transport, connection } = await connectCapable(endpoint, deadlines, deadline, "lru_crawler");
    try {
      judge(endpoint.id, await new TextTransport(connection).line(request), classes);
    } finally {
      transport.destroy(new ConnectionError("connectionClosed"));
    }
  } catch (error) {
    if (error instanceof CommandError) {
      throw new CapabilityError(`${endpoint.id} refuses lru_crawler crawl: ${error.text}`, { cause: error });
    }
    throw toNodeError(endpoint.id, error);
  } finally {
    deadline.clear();
    turn.release();
  }
}

/** Source: memcached `doc/protocol.txt`, "LRU_Crawler". */
function judge(node: string, answer: string, classes: "all" | readonly number[]): void {
  if (answer === "OK") return;
  if (answer.startsWith("BUSY")) throw new ConflictError(`${node} is busy: ${printable(answer)}`);
  if (answer.startsWith("BADCLASS")) {
    throw new InputError([
      { field: "classes", found: String(classes), allowed: "slab classes of this node" },
    ]);
  }
  throw new ConnectionError("malformedReply", "another answer to lru_crawler crawl");
}
