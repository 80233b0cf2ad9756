/** What text and binary connections have in common inside this room. */

import type { ConnectionError } from "./connection/errors";
import type { PollReply, StatsEntries, Tuning } from "./contract";

/**
 * One signed-in connection. One request at a time; methods reject with `Refusal` (the connection goes on) or
 * `Fault` (the connection has been destroyed). Deadlines are the caller's: `destroy` rejects what is in flight.
 */
export interface Transport {
  readonly protocol: "text" | "binary";
  /** Why the connection ended; null while it stands. */
  readonly broken: ConnectionError | null;
  /** Whether any byte of the current or last reply has come. */
  readonly replyStarted: boolean;
  /** General stats into `into`: see `NodeClient.poll`. */
  poll(into: Float64Array): Promise<PollReply>;
  /** `stats <argument>`; the empty argument asks for the general stats. */
  stats(argument: string): Promise<StatsEntries>;
  /** `flush_all`; resolves when the node has accepted it. */
  flushAll(delaySeconds: number): Promise<void>;
  /** The smallest request that only a signed-in client may make: text `version`, binary `noop`. */
  ping(): Promise<void>;
  /** Resolves with the node's answer; see `NodeClient.tune`. */
  tune(tuning: Tuning): Promise<string>;
  destroy(fault: ConnectionError): void;
}
