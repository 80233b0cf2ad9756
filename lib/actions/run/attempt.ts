/** One piece of work on a node, within a deadline. */
import { withTimeout } from "@/lib/concurrency/timeout";
import { asNamedError } from "@/lib/model/errors";
import type { RunContext } from "../contract";

/** How long work whose deadline has passed may take to end and report how far it got, in milliseconds. */
const GRACE_MS = 1_000;

export interface FailedAttempt {
  readonly ok: false;
  readonly detail: string;
  /** The node lacks the capability: nothing was sent. */
  readonly impossible: boolean;
}

export type Attempt<Value> = { readonly ok: true; readonly value: Value } | FailedAttempt;

const TIMED_OUT: FailedAttempt = {
  ok: false,
  detail: "timed out; the action may or may not have run",
  impossible: false,
};

/**
 * Never rejects: a failure is returned as a sentence, and a defect is reported as well. The work's signal aborts at
 * the deadline or when `cancelled` does; its progress counts only until the result is in.
 */
export async function attempt<Value>(
  work: (context: RunContext) => Promise<Value>,
  { progress, ...context }: Omit<RunContext, "signal">,
  deadlineMs: number,
  cancelled: AbortSignal,
  onDefect: (error: unknown) => void,
): Promise<Attempt<Value>> {
  const late = new AbortController();
  let signal: AbortSignal | null = null;
  let ended = false;
  try {
    const done = work({
      ...context,
      progress: (after, detail) => {
        if (!ended) progress(after, detail);
      },
      // Made on demand: short requests have a deadline of their own and never use it.
      get signal() {
        signal ??= AbortSignal.any([cancelled, late.signal]);
        return signal;
      },
    }).then((value) => ({ ok: true, value }) as const);
    const inTime = await withTimeout(done, deadlineMs, () => null);
    if (inTime !== null) return inTime;
    late.abort();
    return await withTimeout(done, GRACE_MS, () => TIMED_OUT);
  } catch (error) {
    const named = asNamedError(error);
    if (named === null) onDefect(error);
    const detail = named?.message ?? "internal error; see the server log";
    return { ok: false, detail, impossible: named?.name === "CapabilityError" };
  } finally {
    ended = true;
  }
}
