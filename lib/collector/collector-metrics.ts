/** What the collector has done since the process started, for `/metrics`. */
import { REASON_CODES, type ReasonCode } from "@/lib/model/node/reasons";
import type { Instant } from "./node-record";

export class CollectorMetrics {
  /** Polls of nodes. */
  polls = 0;
  /** Failed polls by reason. Every reason is present, so that the first failure shows as a rise from 0. */
  readonly failures = new Map<ReasonCode, number>(REASON_CODES.map((reason) => [reason, 0]));
  /** Sample batches appended to the history. */
  batches = 0;
  /** How long the newest batch took to collect and append, in seconds; NaN before the first. */
  batchSeconds = Number.NaN;
  /** When that started, Unix milliseconds; NaN before the first. */
  batchMs = Number.NaN;

  failed(reason: ReasonCode): void {
    this.failures.set(reason, (this.failures.get(reason) ?? 0) + 1);
  }

  batchAppended(started: Instant, ended: Instant): void {
    this.batches++;
    this.batchSeconds = (ended.monoMs - started.monoMs) / 1000;
    this.batchMs = started.wallMs;
  }
}
