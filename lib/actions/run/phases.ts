/** An action that many nodes take together, step by step. */

import { forEachLimit } from "@/lib/concurrency/for-each-limit";
import type { ActionKind } from "@/lib/model/actions/action";
import type { ActionInputs, Figures } from "@/lib/model/actions/action.schema";
import type { ActionDefinition, ActionPhases, RunContext, Target, TargetResult } from "../contract";
import { AT_ONCE } from "../preflight";
import type { BoundedResult } from "./run-bounded";

/**
 * How many are marked as sent to in one transaction, and sent to at once: a line there, a line back. A crash leaves
 * two batches in doubt at most.
 */
const BATCH = 256;

export interface Prepared {
  readonly index: number;
  readonly target: Target;
  readonly before: Figures;
}

export interface PhasesHost {
  attempt<Value>(place: number, work: (context: RunContext) => Promise<Value>): Promise<BoundedResult<Value>>;
  /** Those that may be sent to now; on disk it says so already. */
  markSent(some: readonly Prepared[]): Promise<Prepared[]>;
  /** Returns the way to say that it was not sent. */
  onSending(place: number): () => void;
  notSent(place: number, failed: Extract<BoundedResult<unknown>, { ok: false }>): void;
  conclude(place: number, target: Target, result: TargetResult): void;
}

/** Looks at all, sends to all that could be looked at, asks all that accepted it. */
export async function runPhases<Kind extends ActionKind>(
  found: readonly { readonly place: number; readonly target: Target }[],
  steps: ActionPhases<Kind>,
  input: ActionInputs[Kind],
  host: PhasesHost,
): Promise<void> {
  const looked: Prepared[] = [];
  await forEachLimit(found, AT_ONCE, async ({ place, target }) => {
    const look = await host.attempt(place, (context) => steps.read(target, input, context));
    if (look.ok) looked.push({ index: place, target, before: look.value });
    else host.notSent(place, look);
  });
  looked.sort((a, b) => a.index - b.index);
  const accepted: Prepared[] = [];
  const send = async (one: Prepared) => {
    const { index: place, target, before } = one;
    const withdraw = host.onSending(place);
    const sent = await host.attempt(place, (context) => steps.send(target, input, before, context));
    if (sent.ok) accepted.push(one);
    else {
      if (sent.impossible) withdraw();
      host.conclude(place, target, { verified: false, detail: sent.detail, before, after: null });
    }
  };
  // While one batch is sent to, the next is marked on disk: the sending does not wait for the disk in between.
  let marked = host.markSent(looked.slice(0, BATCH));
  for (let from = BATCH; from < looked.length + BATCH; from += BATCH) {
    const going = await marked;
    marked = host.markSent(looked.slice(from, from + BATCH));
    await forEachLimit(going, BATCH, send);
  }
  await forEachLimit(accepted, AT_ONCE, async ({ index: place, target, before }) => {
    const seen = await host.attempt(place, (context) => steps.verify(target, input, before, context));
    const unseen = (detail: string): TargetResult => ({
      ...{ verified: false, detail: `accepted, but not verified: ${detail}`, before, after: null },
    });
    host.conclude(place, target, seen.ok ? seen.value : unseen(seen.detail));
  });
}

/** The same steps as one run on one node. */
export function inPhases<Kind extends ActionKind>(steps: ActionPhases<Kind>): ActionDefinition<Kind>["run"] {
  return async (target, input, context) => {
    const before = await steps.read(target, input, context);
    await steps.send(target, input, before, context);
    return steps.verify(target, input, before, context);
  };
}
