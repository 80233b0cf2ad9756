/**
 * Whose the flushes of one node are. Pure state: it is told what Memfleet is about to send and what the node has
 * counted, and says who sent what was counted.
 *
 * What nobody here sent was somebody else's; what was counted before anybody watched is not known.
 */
import type { FlushBy } from "@/lib/model/node/node.schema";

/** A flush of ours that the node has not counted by then was not received, in milliseconds. */
const EXPECTED_FOR_MS = 60_000;

const FOREIGN: FlushBy = { ours: false, actor: null, actionId: null };

interface Expected {
  readonly by: FlushBy;
  readonly monoMs: number;
}

/** What is kept across restarts of Memfleet. */
export interface AttributedFlushes {
  /** Who sent the flush_all that the node received last. */
  readonly latest: FlushBy | null;
  /** Who sent the one that took effect last: another one while the latest is pending. */
  readonly effective: FlushBy | null;
}

export interface CountedFlush {
  /** How many of them were not from here. */
  readonly foreign: number;
  /** Those from here, oldest first. */
  readonly ours: readonly FlushBy[];
}

export class FlushAttributions implements AttributedFlushes {
  latest: FlushBy | null = null;
  effective: FlushBy | null = null;
  private expected: Expected[] = [];

  /** Memfleet is about to send one. Returns the way to say that it was not sent. */
  expect(by: FlushBy, monoMs: number): () => void {
    const expected = { by, monoMs };
    this.expected.push(expected);
    return () => {
      this.expected = this.expected.filter((one) => one !== expected);
    };
  }

  /** The node's `cmd_flush` grew by `rise`. */
  counted(rise: number, monoMs: number): CountedFlush {
    const expected = this.expected.filter((one) => monoMs - one.monoMs <= EXPECTED_FOR_MS);
    const ours = expected.slice(0, rise).map(({ by }) => by);
    this.expected = expected.slice(rise);
    const foreign = rise - ours.length;
    // Between two polls the order is not known.
    if (foreign > 0) this.latest = ours.length > 0 ? null : FOREIGN;
    else this.latest = ours.at(-1) ?? this.latest;
    return { foreign, ours };
  }

  /** The node's settings were read: what was received last has taken effect, unless it is pending. */
  settled(pending: boolean): void {
    if (!pending) this.effective = this.latest;
  }

  /** Another process answers: it was never flushed by anybody known. */
  forget(): void {
    this.latest = null;
    this.effective = null;
    this.expected = [];
  }

  /** What an earlier Memfleet knew of this very process. */
  remember({ latest, effective }: AttributedFlushes): void {
    this.latest ??= latest;
    this.effective ??= effective;
  }
}

/** In words, for a marker. */
export function flushSender(by: FlushBy | null): string {
  if (by === null) return "";
  return by.ours ? `${by.actor}, action ${by.actionId}` : "not from Memfleet";
}
