/**
 * What makes a node `up`, `down` or anything else: the status follows from the last poll. A failed poll gives the
 * status of its reason, unless this process itself was late, which proves nothing about the node.
 */

import type { NodeStatus } from "@/lib/model/node/node-status";
import { REASONS, type ReasonCode } from "@/lib/model/node/reasons";

/** A poll that overran its deadline by this much was delayed by this process, not by the node. */
const OWN_STALL_MS = 500;
/** Timeouts while this process was late that do not count against a node: two polls of two attempts. */
const OWN_TIMEOUTS_BEFORE_DOWN = 4;
const TIMEOUTS: ReadonlySet<ReasonCode> = new Set(["connectTimeout", "replyTimeout"]);

interface PollFailure {
  readonly reason: ReasonCode;
  /** How long the poll took, and how long it was allowed to take. */
  readonly tookMs: number;
  readonly timeoutMs: number;
  /** Whether this process was blocked at any time during the poll. */
  readonly processWasLate: boolean;
}

export class NodeHealth {
  status: NodeStatus = "unknown";
  reason: ReasonCode | null = null;
  /** What was observed when the reason arose, in English. */
  detail: string | null = null;
  sinceMs: number | null = null;
  /** Consecutive timeouts that may be this process's own. */
  private ownTimeouts = 0;

  /** Whether a failure is this process's own doing. Such a poll is repeated instead of counted. */
  isOwnDelay({ reason, tookMs, timeoutMs, processWasLate }: PollFailure): boolean {
    if (tookMs > timeoutMs + OWN_STALL_MS) return true;
    if (TIMEOUTS.has(reason) && processWasLate && this.ownTimeouts < OWN_TIMEOUTS_BEFORE_DOWN) {
      this.ownTimeouts++;
      return true;
    }
    this.ownTimeouts = 0;
    return false;
  }

  /** Returns whether the status changed. */
  succeeded(wallMs: number): boolean {
    this.ownTimeouts = 0;
    return this.change("up", null, null, wallMs);
  }

  /** Returns whether the status or its reason changed. */
  failed(reason: ReasonCode, detail: string | null, wallMs: number): boolean {
    const sameReason = this.reason === reason;
    const changed = this.change(REASONS[reason].status, reason, detail, wallMs);
    this.reason = reason;
    this.detail = detail;
    return changed || !sameReason;
  }

  /** Nothing has been reported for too long. Returns whether the status changed. */
  expired(wallMs: number): boolean {
    return this.change("unknown", null, null, wallMs);
  }

  private change(
    status: NodeStatus,
    reason: ReasonCode | null,
    detail: string | null,
    wallMs: number,
  ): boolean {
    if (this.status === status) return false;
    this.status = status;
    this.reason = reason;
    this.detail = detail;
    this.sinceMs = wallMs;
    return true;
  }
}
