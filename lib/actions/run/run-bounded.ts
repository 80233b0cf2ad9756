/** One bounded piece of work on a node. */
import type { Figures } from "@/lib/model/actions/action.schema";
import { asNamedError } from "@/lib/model/errors";
import type { RunContext } from "../contract";

/** What work that was told to end gets to say how far it came, in milliseconds. */
const GRACE_MS = 1_000;
/** A timer set for longer would end at once. */
const LONGEST_MS = 2_147_483_647;

export type BoundedResult<Value> =
  | { readonly ok: true; readonly value: Value }
  | {
      readonly ok: false;
      readonly detail: string;
      /** The node cannot do it: it was not tried. */
      readonly impossible: boolean;
    };

export interface Bounds {
  readonly deadlineMs: number;
  /** Aborts when the whole action ends early. */
  readonly signal: AbortSignal;
  readonly multiNode: boolean;
  readonly nowMs: () => number;
  readonly progress: (after: Figures, detail?: string) => void;
  readonly onDefect: (error: unknown) => void;
}

/** Never rejects: what fails is told in words; a defect is reported besides. */
export async function runBounded<Value>(
  bounds: Bounds,
  work: (context: RunContext) => Promise<Value>,
): Promise<BoundedResult<Value>> {
  const { deadlineMs, signal, multiNode: several, nowMs, onDefect } = bounds;
  // Made for those who ask for it: short requests have their own deadline.
  let own: AbortController | null = null;
  const abort = () => own?.abort();
  const listen = () => {
    if (own !== null) return own.signal;
    own = new AbortController();
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted || late) own.abort();
    return own.signal;
  };
  let late = false;
  let over = false;
  const progress: RunContext["progress"] = (after, detail) => {
    if (!over) bounds.progress(after, detail);
  };
  const timers: NodeJS.Timeout[] = [];
  const tooLate = new Promise<BoundedResult<Value>>((resolve) => {
    const giveUp = () =>
      resolve({ ok: false, detail: "no result in time; it may have happened", impossible: false });
    const onTime = () => {
      late = true;
      abort();
      timers.push(setTimeout(giveUp, GRACE_MS));
    };
    timers.push(setTimeout(onTime, Math.min(deadlineMs, LONGEST_MS)));
  });
  try {
    const context: RunContext = {
      nowMs,
      multiNode: several,
      progress,
      get signal() {
        return listen();
      },
    };
    const worked = work(context).then((value) => ({ ok: true, value }) as const);
    return await Promise.race([worked, tooLate]);
  } catch (error) {
    const known = asNamedError(error);
    if (known === null) onDefect(error);
    const detail = known?.message ?? "Memfleet failed; its log says more";
    return { ok: false, detail, impossible: known?.name === "CapabilityError" };
  } finally {
    over = true;
    if (own !== null) signal.removeEventListener("abort", abort);
    for (const timer of timers) clearTimeout(timer);
  }
}
