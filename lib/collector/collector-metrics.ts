/** What the collector itself has done since the process started: for `/metrics`. */
import { REASON_CODES, type ReasonCode } from "@/lib/catalogue/reasons";
import type { Instant } from "./node-record";

export class CollectorMetrics {
  /** Times that a node was asked for its stats. */
  polls = 0;
  /** Polls that failed, by reason; every reason is there, so that the first failure is a rise and not a new count. */
  readonly failures = new Map<ReasonCode, number>(REASON_CODES.map((reason) => [reason, 0]));
  /** Sweeps that were handed to the history. */
  sweeps = 0;
  /** How long the newest of them took to gather and hand over, in seconds; NaN before the first. */
  sweepSeconds = Number.NaN;
  /** When it was begun, Unix milliseconds; NaN before the first. */
  sweptMs = Number.NaN;

  failed(reason: ReasonCode): void {
    this.failures.set(reason, (this.failures.get(reason) ?? 0) + 1);
  }

  swept(started: Instant, ended: Instant): void {
    this.sweeps++;
    this.sweepSeconds = (ended.monoMs - started.monoMs) / 1000;
    this.sweptMs = started.wallMs;
  }
}
