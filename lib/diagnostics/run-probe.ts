/** One probe on one node: by its deadline, and with an answer whatever happens. */
import { asNamedError } from "@/lib/model/errors";
import type { Check, Probe, ProbeContext, ProbeTarget } from "./contract";

export type Outcome =
  | { readonly kind: "checked"; readonly checks: readonly Check[] }
  /** Nothing can be said. `reason` is one English sentence without its full stop. */
  | { readonly kind: "unasked"; readonly reason: string };

/** More checks than any node can need: a hostile one may name as many listeners as it likes. */
const MOST_CHECKS = 200;
const LONGEST_TITLE = 1_000;

/**
 * Runs a probe. A node that cannot be asked, a deadline, and the run's own end are `unasked`; an error that is none
 * of ours is told to `onDefect` and is `unasked` too.
 */
export async function runProbe(
  probe: Probe,
  target: ProbeTarget,
  context: ProbeContext,
  onDefect: (error: unknown) => void,
): Promise<Outcome> {
  const own = new AbortController();
  const signal = AbortSignal.any([context.signal, own.signal]);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Outcome>((resolve) => {
    const seconds = probe.deadlineMs / 1000;
    const reason = `the probe had no result within ${seconds} s`;
    timer = setTimeout(() => resolve({ kind: "unasked", reason }), probe.deadlineMs);
    context.signal.addEventListener(
      "abort",
      () => resolve({ kind: "unasked", reason: "the run was ended before the probe had a result" }),
      { once: true, signal: own.signal },
    );
  });
  try {
    return await Promise.race([checked(probe, target, { ...context, signal }, onDefect), late]);
  } finally {
    clearTimeout(timer);
    own.abort();
  }
}

async function checked(
  probe: Probe,
  target: ProbeTarget,
  context: ProbeContext,
  onDefect: (error: unknown) => void,
): Promise<Outcome> {
  try {
    const checks = await probe.run(target, context);
    return { kind: "checked", checks: unique(checks) };
  } catch (error) {
    const known = asNamedError(error);
    // Who was told to stop says so with this; nobody waits for the answer any longer.
    const told = context.signal.aborted && error instanceof Error && error.name === "AbortError";
    if (known === null && !told) onDefect(error);
    return { kind: "unasked", reason: known?.message ?? "Memfleet failed; its log says more" };
  }
}

/** Each name once: the first one counts. */
function unique(checks: readonly Check[]): readonly Check[] {
  const byName = new Map<string, Check>();
  for (const check of checks.slice(0, MOST_CHECKS)) {
    if (!byName.has(check.check))
      byName.set(check.check, { ...check, title: check.title.slice(0, LONGEST_TITLE) });
  }
  return [...byName.values()];
}
