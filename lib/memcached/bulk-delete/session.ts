/** Removing many items on a connection of its own: commands in one write, one answer line for each. */
import { lackingReason } from "../capabilities";
import { connectCapable } from "../connection/connect-capable";
import type { Connection } from "../connection/connection";
import { Deadline } from "../connection/deadline";
import { ConnectionError, toNodeError } from "../connection/errors";
import type {
  BulkDelete,
  BulkDeleteCommand,
  BulkDeleteCounts,
  BulkDeleteKind,
  Deadlines,
  NodeEndpoint,
} from "../contract";
import { MAX_LINE_BYTES } from "../limits";
import { encodeDelete } from "../text/encoder";
import { malformed, tooLarge } from "../text/reply-line";
import { canName, encodeMetaDelete } from "./encoder";

/** What is sent before the answers to it have come, in bytes. */
const PIECE_BYTES = 65_536;
/**
 * Over TLS a server of 1.6.18 takes no notice of what is left of a record that is longer than its read buffer of
 * 16 kB, until another record comes.
 */
const TLS_PIECE_BYTES = 8_192;

/** See `NodeClient.remover`. */
export async function openBulkDelete(
  endpoint: NodeEndpoint,
  deadlines: Deadlines,
  { kind }: BulkDeleteKind,
): Promise<BulkDelete> {
  const deadline = new Deadline(deadlines.timeoutMs);
  try {
    // By prefix: what is removed was found by a metadump.
    const capability = kind === "stale" ? "mark_stale" : "metadump";
    const { connection: wire, learned: known } = await connectCapable(
      endpoint,
      deadlines,
      deadline,
      capability,
    );
    const compares = lackingReason("meta_commands", known) === null;
    const pieceBytes = endpoint.tls === null ? PIECE_BYTES : TLS_PIECE_BYTES;
    return new BulkDeleteSession(endpoint.id, wire, deadlines.timeoutMs, pieceBytes, compares);
  } catch (error) {
    throw toNodeError(endpoint.id, error);
  } finally {
    deadline.clear();
  }
}

/** One answer line each. */
const COUNTED: ReadonlyMap<string, keyof BulkDeleteCounts> = new Map([
  ["HD", "done"],
  ["DELETED", "done"],
  ["NF", "missing"],
  ["NOT_FOUND", "missing"],
  ["EX", "changed"],
]);

interface Batch {
  readonly counts: BulkDeleteCounts;
  awaited: number;
  readonly resolve: () => void;
  readonly reject: (fault: ConnectionError) => void;
}

class BulkDeleteSession implements BulkDelete {
  private batch: Batch | null = null;
  private unfinished = "";

  constructor(
    private readonly node: string,
    private readonly wire: Connection,
    private readonly timeoutMs: number,
    private readonly pieceBytes: number,
    readonly compares: boolean,
  ) {
    wire.use(this.receive, (fault) => {
      this.batch?.reject(fault);
      this.batch = null;
    });
  }

  async delete(batch: readonly BulkDeleteCommand[], kind: BulkDeleteKind): Promise<BulkDeleteCounts> {
    const counts: BulkDeleteCounts = { done: 0, missing: 0, changed: 0, failed: 0 };
    const requests = batch
      .filter(({ key }) => canName(key, this.compares))
      .map((one) => (this.compares ? encodeMetaDelete(one, kind) : encodeDelete(one.key)));
    counts.failed = batch.length - requests.length;
    if (requests.length === 0) return counts;
    const deadline = new Deadline(this.timeoutMs);
    deadline.guard(() => this.wire.destroy(new ConnectionError("replyTimeout")));
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
      if (this.wire.closedBy) throw this.wire.closedBy;
      this.batch = { counts, awaited: requests.length, resolve, reject };
      this.wire.write(Buffer.concat(requests));
    });
  }

  close(): void {
    this.wire.destroy(new ConnectionError("connectionClosed"));
  }

  private readonly receive = (bytes: Buffer, length: number): void => {
    const lines = (this.unfinished + bytes.toString("latin1", 0, length)).split("\r\n");
    this.unfinished = lines.pop() ?? "";
    try {
      if (this.unfinished.length > MAX_LINE_BYTES) throw tooLarge("a line that does not end");
      for (const line of lines) this.take(line);
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      this.wire.destroy(error);
    }
  };

  private take(line: string): void {
    const { batch } = this;
    if (batch === null) throw malformed("a line that was not asked for");
    const outcome = COUNTED.get(line);
    if (outcome === undefined && !/^(?:ERROR|CLIENT_ERROR|SERVER_ERROR)\b/.test(line)) {
      throw malformed("another answer to a removal");
    }
    batch.counts[outcome ?? "failed"]++;
    if (--batch.awaited > 0) return;
    this.batch = null;
    batch.resolve();
  }
}

/** In order, each at most `mostBytes` long unless one request alone is longer. */
function* pieces(requests: readonly Buffer[], mostBytes: number): Generator<Buffer[]> {
  let piece: Buffer[] = [];
  let bytes = 0;
  for (const request of requests) {
    if (bytes + request.length > mostBytes && piece.length > 0) {
      yield piece;
      piece = [];
      bytes = 0;
    }
    piece.push(request);
    bytes += request.length;
  }
  if (piece.length > 0) yield piece;
}
