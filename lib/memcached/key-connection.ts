import { parseVersion } from "@/lib/model/node/server-version";
import { BinaryKeys } from "./binary/keys";
import { connectNode, type ReadyConnection } from "./connection/connect";
import { Deadline } from "./connection/deadline";
import { ConnectionError, toNodeError } from "./connection/errors";
import type { Deadlines, NodeDialect, NodeEndpoint } from "./contract";
import type { KeyCommands } from "./key-contract";
import { RequestQueue } from "./request-queue";
import { TextKeys } from "./text/keys";
import { TextTransport } from "./text/transport";

/** What the node's client has learned about it. */
interface KnownNode {
  /** What it speaks; null to detect it. */
  dialect(): NodeDialect | null;
  isProxy(): boolean;
}

/**
 * Jobs on the keys of one node, one at a time, each on its own connection. So polls never wait behind a value, and
 * a value can be read in part: the rest is dropped with the connection.
 */
export class KeyConnection {
  private readonly queue = new RequestQueue();
  private readonly running = new Set<Deadline>();
  private closed = false;

  constructor(
    private readonly endpoint: NodeEndpoint,
    private readonly deadlines: Deadlines,
    private readonly known: KnownNode,
  ) {}

  /** See `NodeClient.withKeys`. */
  async run<Result>(job: (keys: KeyCommands) => Promise<Result>): Promise<Result> {
    const deadline = new Deadline(this.deadlines.timeoutMs);
    this.running.add(deadline);
    try {
      if (this.closed) throw new ConnectionError("connectionClosed");
      return await this.queue.run(deadline, () => this.connected(job, deadline));
    } catch (error) {
      throw toNodeError(
        this.endpoint.id,
        this.closed ? new ConnectionError("connectionClosed", "the client was closed") : error,
      );
    } finally {
      deadline.clear();
      this.running.delete(deadline);
    }
  }

  /** Ends running jobs; further ones reject. */
  close(): void {
    this.closed = true;
    for (const deadline of this.running) deadline.giveUp();
  }

  private async connected<Result>(
    job: (keys: KeyCommands) => Promise<Result>,
    deadline: Deadline,
  ): Promise<Result> {
    const ready = await connectNode(this.endpoint, this.deadlines, deadline, this.known.dialect(), 0);
    try {
      return await job(keyCommandsOver(ready, this.known.isProxy()));
    } finally {
      ready.connection.destroy(new ConnectionError("connectionClosed"));
    }
  }
}

function keyCommandsOver({ transport, connection, version }: ReadyConnection, isProxy: boolean): KeyCommands {
  return transport instanceof TextTransport
    ? new TextKeys(transport, { version: parseVersion(version), isProxy })
    : new BinaryKeys(connection);
}
