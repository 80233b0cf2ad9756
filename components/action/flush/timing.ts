/** When a flush is sent: now, with a server-side delay, or staggered. Pure. */

export const FLUSH_MODES = ["now", "delay", "stagger"] as const;
export type FlushMode = (typeof FLUSH_MODES)[number];

export interface FlushTiming {
  readonly mode: FlushMode;
  /** As typed; seconds. */
  readonly delaySeconds: string;
  /** As typed; seconds between two nodes. */
  readonly staggerSeconds: string;
  /** Wait for a flushed node's hit ratio before flushing the next. */
  readonly guard: boolean;
  /** As typed; percentage of the previous hit ratio. */
  readonly guardPercent: string;
}

export const NEW_TIMING: FlushTiming = {
  mode: "now",
  delaySeconds: "60",
  staggerSeconds: "60",
  guard: false,
  guardPercent: "80",
};

export const TIMING_LIMITS = { delaySeconds: 2_592_000, staggerSeconds: 86_400 } as const;

/** The typed integer; null when it is none, or out of bounds. */
export function parseInteger(text: string, from: number, to: number): number | null {
  if (!/^\d{1,9}$/.test(text.trim())) return null;
  const value = Number(text);
  return value >= from && value <= to ? value : null;
}

/** The fields with invalid values. */
export function timingProblems(timing: FlushTiming): readonly (keyof FlushTiming)[] {
  const { mode, delaySeconds, staggerSeconds, guard, guardPercent } = timing;
  const problems: (keyof FlushTiming)[] = [];
  if (mode === "delay" && parseInteger(delaySeconds, 1, TIMING_LIMITS.delaySeconds) === null) {
    problems.push("delaySeconds");
  }
  if (mode === "stagger" && parseInteger(staggerSeconds, 1, TIMING_LIMITS.staggerSeconds) === null) {
    problems.push("staggerSeconds");
  }
  if (mode === "stagger" && guard && parseInteger(guardPercent, 1, 100) === null)
    problems.push("guardPercent");
  return problems;
}

/** The action's input. Call only when `timingProblems` is empty. */
export function timingInput(timing: FlushTiming): Readonly<Record<string, number>> {
  if (timing.mode === "delay") return { delaySeconds: Number(timing.delaySeconds) };
  if (timing.mode === "now") return {};
  return {
    staggerSeconds: Number(timing.staggerSeconds),
    ...(timing.guard ? { waitForHitRatio: Number(timing.guardPercent) / 100 } : {}),
  };
}

/** Seconds from the first node to the last of a stagger. */
export function staggerLength(nodes: number, staggerSeconds: number): number {
  return Math.max(0, nodes - 1) * staggerSeconds;
}
