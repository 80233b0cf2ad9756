/** The common interface of text and binary connections. */

import type { ConnectionError } from "./connection/errors";
import type { PollReply, StatsEntries, Tuning } from "./contract";

/**
 * One signed-in connection, for one request at a time. Methods reject with `CommandError` (the connection stays open) or
 * `ConnectionError` (it has been destroyed). The caller handles deadlines: `destroy` rejects the pending request.
 */
export interface Transport {
  readonly protocol: "text" | "binary";
  /** Why the connection ended; null while it is open. */
  readonly broken: ConnectionError | null;
  /** Whether any byte of the current or last reply has arrived. */
  readonly replyStarted: boolean;
  /** General stats into `into`: see `NodeClient.poll`. */
  poll(into: Float64Array): Promise<PollReply>;
  /** `stats <argument>`; an empty argument requests the general stats. */
  stats(argument: string): Promise<StatsEntries>;
  /**
   * Addresses of the listening sockets in `stats conns`, as reported. Rejects with `CommandError` where there is no such
   * group, as in the binary protocol.
   */
  listeners(): Promise<readonly string[]>;
  /** Whether `-W` disabled `watch`. Starts no watch. */
  refusesWatch(): Promise<boolean>;
  /** `flush_all`; resolves when the node has accepted it. */
  flushAll(delaySeconds: number): Promise<void>;
  /** The smallest request that requires a sign-in: text `version`, binary `noop`. */
  ping(): Promise<void>;
  /** Resolves with the node's reply; see `NodeClient.tune`. */
  tune(tuning: Tuning): Promise<string>;
  destroy(error: ConnectionError): void;
}
