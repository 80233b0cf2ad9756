/** Whether a node works well: by its recent counters, and by its response time from this machine. */
import { emptyValues } from "@/lib/catalogue/stats";
import { CapabilityError, NodeError } from "@/lib/model/errors";
import type { Probe, ProbeTarget } from "../../contract";
import { judgeHealth } from "./verdict";

/** Consecutive polls whose median counts: a single slow response may be Memfleet's fault. */
const POLLS = 5;

export const health: Probe = {
  name: "health",
  deadlineMs: 15_000,
  async run(target, { signal, nowMs }) {
    const { general, settings } = await target.stats();
    return judgeHealth({
      general: general ?? new Map(),
      maxconns: settings?.get("maxconns"),
      items: await itemsOf(target),
      past: await target.recent(),
      latenciesMs: await latencies(target, signal),
      nowMs: nowMs(),
    });
  },
};

/** Null: the node doesn't report them. */
async function itemsOf({ client }: ProbeTarget): Promise<ReadonlyMap<string, string> | null> {
  try {
    return new Map(await client.stats("items"));
  } catch (error) {
    if (error instanceof CapabilityError) return null;
    if (error instanceof NodeError && error.reason === "unsupported") return null;
    throw error;
  }
}

async function latencies({ client }: ProbeTarget, signal: AbortSignal): Promise<readonly number[]> {
  const values = emptyValues();
  const measured: number[] = [];
  while (measured.length < POLLS && !signal.aborted) {
    measured.push((await client.poll(values)).latencyMs);
  }
  return measured;
}
