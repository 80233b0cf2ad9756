/**
 * One item stored, read, deleted, and read again on its own connection. The item expires on its own if the
 * connection ends before the delete.
 */
import { NodeError } from "@/lib/model/errors";
import { CommandError } from "../connection/errors";
import { withShortLivedConnections } from "../connection/short-lived";
import type { Deadlines, NodeEndpoint, PipelinedSession } from "../contract";
import { createSession } from "../session";

export const ROUND_TRIP_STEPS = ["set", "get", "delete", "miss"] as const;
export type RoundTripStep = (typeof ROUND_TRIP_STEPS)[number];

export interface RoundTripResult {
  readonly step: RoundTripStep;
  readonly ok: boolean;
  /** The reply in the words of the text protocol, printable: never the value. */
  readonly answer: string;
  readonly milliseconds: number;
}

export interface RoundTripReply {
  readonly protocol: "text" | "binary";
  /** In order, up to the first that failed. `miss`: a get that must find nothing. */
  readonly steps: readonly RoundTripResult[];
}

interface Item {
  readonly key: string;
  readonly value: string;
  readonly exptimeSeconds: number;
}

/**
 * Rejects with `NodeError` if the connection, the sign-in, or the protocol fails. A wrong reply is a failed step. Takes
 * at most `deadlines.timeoutMs`.
 */
export function roundTrip(endpoint: NodeEndpoint, deadlines: Deadlines, item: Item): Promise<RoundTripReply> {
  return withShortLivedConnections(endpoint, deadlines, async ({ connect }) => {
    const session = createSession(endpoint.id, await connect(), deadlines.timeoutMs, () => undefined);
    const steps: RoundTripResult[] = [];
    for (const step of ROUND_TRIP_STEPS) {
      const startedAt = performance.now();
      const [went, answer] = await toOutcome(STEPS[step](session, item));
      steps.push({ step, ok: went, answer, milliseconds: performance.now() - startedAt });
      if (!went) break;
    }
    return { protocol: session.protocol, steps };
  });
}

type Outcome = readonly [ok: boolean, answer: string];

const STEPS: Readonly<Record<RoundTripStep, (session: PipelinedSession, item: Item) => Promise<Outcome>>> = {
  async set(session, { key, value, exptimeSeconds }) {
    await session.set(key, Buffer.from(value), exptimeSeconds);
    return [true, "STORED"];
  },
  async get(session, { key, value }) {
    const found = await session.getValue(key);
    if (found === null) return [false, "END (not found)"];
    return found.equals(Buffer.from(value)) ? [true, "VALUE"] : [false, "VALUE (different bytes)"];
  },
  async delete(session, { key }) {
    return (await session.delete(key)) ? [true, "DELETED"] : [false, "NOT_FOUND"];
  },
  async miss(session, { key }) {
    return (await session.get(key)) === null ? [true, "END (not found)"] : [false, "VALUE (still present)"];
  },
};

/** A command that the node rejects is a failed step, in its words. */
async function toOutcome(outcome: Promise<Outcome>): Promise<Outcome> {
  try {
    return await outcome;
  } catch (error) {
    if (error instanceof NodeError && error.cause instanceof CommandError)
      return [false, error.cause.message];
    throw error;
  }
}
