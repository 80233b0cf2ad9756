/** Deletes many items over its own connection: commands in one write, one reply line for each. */
import { lackingReason } from "../capabilities";
import { connectCapable } from "../connection/connect-capable";
import type { Connection } from "../connection/connection";
import { Deadline } from "../connection/deadline";
import { ConnectionError, toNodeError, toReplyError } from "../connection/errors";
import type {
  BulkDelete,
  BulkDeleteCommand,
  BulkDeleteCounts,
  BulkDeleteKind,
  Deadlines,
  NodeEndpoint,
} from "../contract";
import { encodeDelete } from "../text/encoder";
import { TextReplies, type TextReply } from "../text/replies";
import { malformed } from "../text/reply-line";
import { encodeMetaDelete, isEncodable } from "./encoder";

/** Most bytes sent before their replies have arrived. */
const PIECE_BYTES = 65_536;
/**
 * The same over TLS: 1.6.18 does not process the rest of a record longer than its read buffer of 16 kB until another
 * record arrives.
 */
const TLS_PIECE_BYTES = 8_192;

/** See `NodeClient.bulkDelete`. */
export async function openBulkDelete(
  endpoint: NodeEndpoint,
  deadlines: Deadlines,
  { kind }: BulkDeleteKind,
): Promise<BulkDelete> {
  const deadline = new Deadline(deadlines.timeoutMs);
  try {
    // The items to delete come from a metadump.
    const capability = kind === "stale" ? "mark_stale" : "metadump";
    const { connection, learned } = await connectCapable(endpoint, deadlines, deadline, capability);
    const compares = lackingReason("meta_commands", learned) === null;
    const pieceBytes = endpoint.tls === null ? PIECE_BYTES : TLS_PIECE_BYTES;
    return new BulkDeleteSession(endpoint.id, connection, deadlines.timeoutMs, pieceBytes, compares);
  } catch (error) {
    throw toNodeError(endpoint.id, error);
  } finally {
    deadline.clear();
  }
}

/** One reply line each. */
const COUNT_OF_REPLY: ReadonlyMap<string, keyof BulkDeleteCounts> = new Map([
  ["HD", "done"],
  ["DELETED", "done"],
  ["NF", "missing"],
  ["NOT_FOUND", "missing"],
  ["EX", "changed"],
]);

interface Batch {
  readonly counts: BulkDeleteCounts;
  pending: number;
  readonly resolve: () => void;
  readonly reject: (error: ConnectionError) => void;
}

class BulkDeleteSession implements BulkDelete {
  private batch: Batch | null = null;
  private readonly replies = new TextReplies(
    (reply) => this.take(reply),
    () => false,
  );

  constructor(
    private readonly node: string,
    private readonly connection: Connection,
    private readonly timeoutMs: number,
    private readonly pieceBytes: number,
    readonly compares: boolean,
  ) {
    connection.use(this.receive, (error) => {
      this.batch?.reject(error);
      this.batch = null;
    });
  }

  async delete(batch: readonly BulkDeleteCommand[], kind: BulkDeleteKind): Promise<BulkDeleteCounts> {
    const counts: BulkDeleteCounts = { done: 0, missing: 0, changed: 0, failed: 0 };
    const requests = batch
      .filter(({ key }) => isEncodable(key, this.compares))
      .map((command) => (this.compares ? encodeMetaDelete(command, kind) : encodeDelete(command.key)));
    counts.failed = batch.length - requests.length;
    if (requests.length === 0) return counts;
    const deadline = new Deadline(this.timeoutMs);
    deadline.guard(() => this.connection.destroy(new ConnectionError("replyTimeout")));
    try {
      for (const piece of pieces(requests, this.pieceBytes)) await this.send(piece, counts);
      return counts;
    } catch (error) {
      throw toNodeError(this.node, error);
    } finally {
      deadline.clear();
    }
  }

  private send(requests: readonly Buffer[], counts: BulkDeleteCounts): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.batch !== null) throw new Error("one batch at a time");
      if (this.connection.closedBy) throw this.connection.closedBy;
      this.batch = { counts, pending: requests.length, resolve, reject };
      this.connection.write(Buffer.concat(requests));
    });
  }

  close(): void {
    this.connection.destroy(new ConnectionError("connectionClosed"));
  }

  private readonly receive = (bytes: Buffer, length: number): void => {
    try {
      this.replies.push(bytes, length);
    } catch (error) {
      this.connection.destroy(toReplyError(error));
    }
  };

  private take({ line, refusal }: TextReply): void {
    const { batch } = this;
    if (batch === null) throw malformed("an unrequested line");
    const outcome = refusal === null ? COUNT_OF_REPLY.get(line) : "failed";
    if (outcome === undefined) throw malformed("unexpected reply to a delete");
    batch.counts[outcome]++;
    if (--batch.pending > 0) return;
    this.batch = null;
    batch.resolve();
  }
}

/** In order, each at most `maxBytes` long unless one request alone is longer. */
function* pieces(requests: readonly Buffer[], maxBytes: number): Generator<Buffer[]> {
  let piece: Buffer[] = [];
  let bytes = 0;
  for (const request of requests) {
    if (bytes + request.length > maxBytes && piece.length > 0) {
      yield piece;
      piece = [];
      bytes = 0;
    }
    piece.push(request);
    bytes += request.length;
  }
  if (piece.length > 0) yield piece;
}
