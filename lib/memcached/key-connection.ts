import { BinaryKeys } from "./binary/keys";
import { connectNode, type ReadyConnection } from "./connection/connect";
import { Deadline } from "./connection/deadline";
import { ConnectionError, toNodeError } from "./connection/errors";
import type { Deadlines, NodeDialect, NodeEndpoint } from "./contract";
import type { KeyCommands } from "./key-contract";
import { RequestQueue } from "./request-queue";
import { parseVersion } from "./server-version";
import { TextKeys } from "./text/keys";
import { TextTransport } from "./text/transport";

/**
 * Jobs on keys of one node, one after the other, each on a connection of its own that ends with it. So no poll waits
 * behind a value, and a value that nobody wants to the end costs no connection that is of use.
 */
export class KeyConnection {
  private readonly queue = new RequestQueue();
  private readonly running = new Set<Deadline>();
  private closed = false;

  /** `trusted`: what the node is known to speak; null when it has to be found out. */
  constructor(
    private readonly endpoint: NodeEndpoint,
    private readonly deadlines: Deadlines,
    private readonly trusted: () => NodeDialect | null,
  ) {}

  /** See `NodeClient.withKeys`. */
  async run<Result>(job: (keys: KeyCommands) => Promise<Result>): Promise<Result> {
    const deadline = new Deadline(this.deadlines.timeoutMs);
    this.running.add(deadline);
    let mine = false;
    try {
      if (this.closed) throw new ConnectionError("connectionClosed");
      const turn = this.queue.take(deadline);
      if (turn !== null) await turn;
      mine = true;
      return await this.connected(job, deadline);
    } catch (error) {
      throw toNodeError(
        this.endpoint.id,
        this.closed ? new ConnectionError("connectionClosed", "the client was closed") : error,
      );
    } finally {
      deadline.clear();
      this.running.delete(deadline);
      if (mine) this.queue.pass();
    }
  }

  /** Ends what runs; further jobs reject. */
  close(): void {
    this.closed = true;
    for (const deadline of this.running) deadline.giveUp();
  }

  private async connected<Result>(
    job: (keys: KeyCommands) => Promise<Result>,
    deadline: Deadline,
  ): Promise<Result> {
    if (deadline.expired) throw new ConnectionError("replyTimeout", "an earlier request took all the time");
    const connection = await connectNode(this.endpoint, this.deadlines, deadline, this.trusted());
    try {
      return await job(keyCommandsOver(connection));
    } finally {
      connection.connection.destroy(new ConnectionError("connectionClosed"));
    }
  }
}

function keyCommandsOver({ transport, connection: wire, version }: ReadyConnection): KeyCommands {
  return transport instanceof TextTransport
    ? new TextKeys(transport, parseVersion(version))
    : new BinaryKeys(wire);
}
