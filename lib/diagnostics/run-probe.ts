/** Runs one probe on one node: within its deadline, and always with an outcome. */
import { asNamedError } from "@/lib/model/errors";
import { phrase } from "@/lib/model/findings/phrases";
import type { Check, Probe, ProbeContext, ProbeTarget } from "./contract";

export type Outcome =
  | { readonly kind: "checked"; readonly checks: readonly Check[] }
  /** No result. `reason` is English, without a full stop. */
  | { readonly kind: "inconclusive"; readonly reason: string };

/** More checks than any node needs: a hostile one may name any number of listeners. */
const MAX_CHECKS = 200;
const MAX_TITLE = 1_000;

/**
 * Runs a probe. A node that can't be queried, a missed deadline and the end of the run are `inconclusive`; so is an
 * unexpected error, which `onDefect` receives.
 */
export async function runProbe(
  probe: Probe,
  target: ProbeTarget,
  context: ProbeContext,
  onDefect: (error: unknown) => void,
): Promise<Outcome> {
  const aborter = new AbortController();
  const signal = AbortSignal.any([context.signal, aborter.signal]);
  let timer: NodeJS.Timeout | undefined;
  const interrupted = new Promise<Outcome>((resolve) => {
    const reason = phrase("probeTimeout", { seconds: probe.deadlineMs / 1000 });
    timer = setTimeout(() => resolve({ kind: "inconclusive", reason }), probe.deadlineMs);
    context.signal.addEventListener(
      "abort",
      () => resolve({ kind: "inconclusive", reason: phrase("runEnded") }),
      { once: true, signal: aborter.signal },
    );
  });
  try {
    return await Promise.race([outcomeOf(probe, target, { ...context, signal }, onDefect), interrupted]);
  } finally {
    clearTimeout(timer);
    aborter.abort();
  }
}

async function outcomeOf(
  probe: Probe,
  target: ProbeTarget,
  context: ProbeContext,
  onDefect: (error: unknown) => void,
): Promise<Outcome> {
  try {
    const checks = await probe.run(target, context);
    return { kind: "checked", checks: unique(checks) };
  } catch (error) {
    const named = asNamedError(error);
    // An aborted probe rejects with this; its outcome is no longer awaited.
    const aborted = context.signal.aborted && error instanceof Error && error.name === "AbortError";
    if (named === null && !aborted) onDefect(error);
    return { kind: "inconclusive", reason: named?.message ?? phrase("memfleetFailed") };
  }
}

/** Without duplicate names: the first counts. */
function unique(checks: readonly Check[]): readonly Check[] {
  const byName = new Map<string, Check>();
  for (const check of checks.slice(0, MAX_CHECKS)) {
    if (!byName.has(check.check))
      byName.set(check.check, { ...check, title: check.title.slice(0, MAX_TITLE) });
  }
  return [...byName.values()];
}
