/**
 * Attributes the flushes of one node to their senders. Pure state, fed with what Memfleet is about to send and what
 * the node has counted.
 *
 * A counted flush that Memfleet did not send came from outside; who sent those before the first poll is unknown.
 */
import type { AttributedFlushes } from "@/lib/model/node/flush";
import type { FlushAttribution } from "@/lib/model/node/node.schema";
import { MINUTE_MS } from "@/lib/model/time";

/** A flush that the node has not counted within this time was not received. */
const EXPECTED_FOR_MS = MINUTE_MS;

const FOREIGN: FlushAttribution = { ours: false, actor: null, actionId: null };

interface Expected {
  readonly by: FlushAttribution;
  readonly monoMs: number;
}

interface CountedFlushes {
  /** Flushes that this Memfleet did not send. */
  readonly foreign: number;
  /** Those of this Memfleet, oldest first. */
  readonly ours: readonly FlushAttribution[];
}

export class FlushAttributions implements AttributedFlushes {
  latest: FlushAttribution | null = null;
  effective: FlushAttribution | null = null;
  private expected: Expected[] = [];

  /** Memfleet is about to send a flush. Returns how to withdraw it when it was not sent. */
  expect(by: FlushAttribution, monoMs: number): () => void {
    const expected = { by, monoMs };
    this.expected.push(expected);
    return () => {
      this.expected = this.expected.filter((other) => other !== expected);
    };
  }

  /** The node's `cmd_flush` grew by `rise`. */
  counted(rise: number, monoMs: number): CountedFlushes {
    const expected = this.expected.filter((entry) => monoMs - entry.monoMs <= EXPECTED_FOR_MS);
    const ours = expected.slice(0, rise).map(({ by }) => by);
    this.expected = expected.slice(rise);
    const foreign = rise - ours.length;
    // The order of flushes between two polls is unknown.
    if (foreign > 0) this.latest = ours.length > 0 ? null : FOREIGN;
    else this.latest = ours.at(-1) ?? this.latest;
    return { foreign, ours };
  }

  /** The node's settings were read: the latest flush has taken effect unless it is pending. */
  settingsRead(pending: boolean): void {
    if (!pending) this.effective = this.latest;
  }

  /** The node is a new process without a known flush. */
  forget(): void {
    this.latest = null;
    this.effective = null;
    this.expected = [];
  }

  /** Takes over what an earlier Memfleet knew of the same server process. */
  remember({ latest, effective }: AttributedFlushes): void {
    this.latest ??= latest;
    this.effective ??= effective;
  }
}

/** The sender as text for a marker. */
export function flushSender(by: FlushAttribution | null): string {
  if (by === null) return "";
  return by.ours ? `${by.actor}, action ${by.actionId}` : "not from Memfleet";
}
